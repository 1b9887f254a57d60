"""Settings of the test suite: a fast hasher, mail in memory, a broker that cannot be reached."""

import os
import tempfile

os.environ.setdefault("TESTING", "true")

from pestzorg.settings import *  # noqa: F403 - the flag above must be set before settings load

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A test that enqueues by accident fails at once instead of reaching somebody's broker.
CELERY_BROKER_URL = "redis://broker.invalid:6379/0"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405 - from the settings
    # A file, so that a worker process of a test can open the same database; one per run, so that
    # two runs at the same time do not take it from each other. Removed when the run ends.
    TEST_FOLDER = tempfile.TemporaryDirectory(prefix="pestzorg-test-")
    DATABASES["default"]["TEST"] = {"NAME": f"{TEST_FOLDER.name}/test.sqlite3"}  # noqa: F405 - from the settings
