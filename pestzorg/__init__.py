"""The project: ground floor, roof and switchboard. Loads the Celery app so that tasks find it."""

from pestzorg.celery import app as celery_app

__all__ = ["celery_app"]
