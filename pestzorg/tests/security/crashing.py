"""The installation with one page more, which falls over with a child's name in its hands. For gunicorn in a test."""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.urls import include, path

from pestzorg.wsgi import application as whole

log = logging.getLogger("pestzorg.crashing")


@login_not_required
def crash(request: Any, way: str) -> Any:
    """Three ways to fall over: an error with a name in it, one of the database, one that was caught and logged."""
    pupil = apps.get_model("schools.Pupil").objects.order_by("-pk").first()
    if way == "database":
        with connection.cursor() as cursor:
            cursor.execute("SELECT CAST(%s AS integer)", [pupil.first_name])
    try:
        raise LookupError(f"no class for {pupil.first_name} {pupil.last_name}")
    except LookupError:
        log.exception("while looking for pupil %s", pupil.pk)
        if way == "logged":
            raise ValueError(pupil.last_name) from None
        raise


urlpatterns = [path("crash/<str:way>/", crash), path("", include("pestzorg.urls"))]
handler404, handler500 = "pestzorg.home.navigation.not_found", "pestzorg.home.failures.broken"
settings.ROOT_URLCONF = __name__
application = whole
