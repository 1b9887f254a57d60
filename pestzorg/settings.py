"""All settings, read from the environment (.env.example lists each with one line of meaning)."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from pestzorg import env
from pestzorg.api.settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 - settings
from pestzorg.timetable import CELERY_BEAT_SCHEDULE, MINUTE  # noqa: F401 - settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# ── what kind of installation ────────────────────────────────────────────────
DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)
TESTING = env.flag("TESTING", default=False)
EMBEDDED = DEMO or TESTING or DEBUG  # may run on generated keys and SQLite; production may not
SECRET_KEY = env.secret("SECRET_KEY", "embedded-only-" + "0" * 40 if EMBEDDED else None)
# Former keys, still accepted while people sign in anew (docs/operations.md)
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS")
FIELD_KEYSET = env.text("FIELD_KEYSET", "" if EMBEDDED else None)
FIELD_KEYSET_FILE = env.file_of("FIELD_KEYSET")  # read anew when it changes, see pestzorg/crypto
CLOCK_OFFSET = env.number("CLOCK_OFFSET", 0)  # seconds; demo and browser tests only
BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
# The licence promises the source to whoever uses this version
SOURCE_URL = env.text("SOURCE_URL", "")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver")

# ── apps ─────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "pestzorg.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "rest_framework",
    "pestzorg.rules",
    "pestzorg.api",
    "pestzorg.audit",
    "pestzorg.crypto",
    "pestzorg.outbox",
    "pestzorg.reminders",
    "pestzorg.four_eyes",
    "pestzorg.signin",
    "pestzorg.posting",
    "pestzorg.i18n",
    "schools",
    "cases",
    "interventions",
    "pestzorg.home",
    "pestzorg.demo",
]
MIDDLEWARE = [
    "pestzorg.web.middleware.PrivacyHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pestzorg.web.middleware.ClockMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "pestzorg.signin.reader.ReaderMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pestzorg.web.middleware.LanguageMiddleware",
    "pestzorg.audit.middleware.UnwritableLogMiddleware",
    "pestzorg.signin.middleware.SessionLimits",
    "pestzorg.signin.middleware.SecondFactor",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "pestzorg.urls"
WSGI_APPLICATION = "pestzorg.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pestzorg.home.navigation.navigation",
                "cases.web.emergency.banner",
            ],
        },
    }
]
FORM_RENDERER = "pestzorg.web.forms.Renderer"

# ── data ─────────────────────────────────────────────────────────────────────
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'pestzorg.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # SQLite builds the indexes of Access without their extra columns, which is all that it loses.
    SILENCED_SYSTEM_CHECKS = ["models.W040"]
    # Immediate transactions take the write lock at once: the deferred default fails with
    # "database is locked" when two writers meet (docs/decisions/0004-sqlite.md).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA journal_size_limit=67108864; PRAGMA mmap_size=134217728;",
    }
else:
    # Planning was half to four fifths of a page's database time: connections stay, and a statement is
    # prepared from its second use on (docs/performance.md). PgBouncer needs 1.21 and max_prepared_statements.
    DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 1}
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.text("REDIS_URL", "")
if REDIS_URL:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }

# The role that the program works with; only `manage.py audit roles` reads it, as the owner
APP_DATABASE_URL = env.text("APP_DATABASE_URL", "")
# The head of the audit chain, outside the database (docs/operations.md)
AUDIT_ANCHOR_FILE = env.text("AUDIT_ANCHOR_FILE", str(VAR_DIR / "anchors" / "audit"))

# ── people and sessions ──────────────────────────────────────────────────────
AUTH_USER_MODEL = "schools.User"
AUTHENTICATION_BACKENDS = [
    "pestzorg.signin.reader.AccountBackend",
    # guardian's own check wants it hooked; nothing here ever asks user.has_perm (see cases/access/).
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:landing"
ACCOUNT_ADAPTER = "pestzorg.signin.adapters.SignIn"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # else the host name that a browser asked for
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False  # the cookie ends with the browser: computers at school are shared
ACCOUNT_FORMS = {
    "reset_password": "pestzorg.signin.codes.AskResetForm",
    "change_password": "pestzorg.signin.codes.ChangePasswordForm",
}
# allauth counts in the cache and per address; ours count in the database and per account
# (docs/decisions/0015-second-factor.md).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_REQUIRED = env.flag("MFA_REQUIRED", default=not EMBEDDED)
MFA_ADAPTER = "pestzorg.signin.adapters.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
MFA_TOTP_TOLERANCE = 1  # half a minute off is a telephone, not an attack
MFA_FORMS = {
    "authenticate": "pestzorg.signin.codes.AuthenticateForm",
    "reauthenticate": "pestzorg.signin.codes.ReauthenticateForm",
    "activate_totp": "pestzorg.signin.codes.ActivateAppForm",
    "add_webauthn": "pestzorg.signin.codes.AddPasskeyForm",
}
SIGN_IN_NOTICES = not EMBEDDED  # mail about a sign-in with a new browser
PASSWORD_RESET_TIMEOUT = 60 * 60
DEVICE_COOKIE_NAME = "pz-device" if EMBEDDED else "__Host-pz-device"
SESSION_ENGINE = "pestzorg.signin.store"
SESSION_LONGEST = timedelta(hours=10)  # a long school day
SESSION_IDLE = timedelta(minutes=30)
SESSION_HIDDEN = timedelta(seconds=30)  # how long "Hide" still leads back without a new sign-in
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "pz" if EMBEDDED else "__Host-pz"
CSRF_COOKIE_NAME = "pz-csrf" if EMBEDDED else "__Host-pz-csrf"
CSRF_COOKIE_HTTPONLY = True
AUTOSAVE_SECONDS = 20.0  # at most so much typing is lost when a browser crashes
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # never in a cookie

# guardian stores individual grants and decides nothing (docs/decisions/0003-access.md)
ANONYMOUS_USER_NAME = None

# ── web hardening ────────────────────────────────────────────────────────────
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not EMBEDDED
SECURE_SSL_REDIRECT = not EMBEDDED
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if not EMBEDDED else None
PROXIES = env.number("PROXIES", 0 if EMBEDDED else 1)  # in front, each adding to X-Forwarded-For
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if EMBEDDED else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not EMBEDDED
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the small icons inside Bootstrap's own CSS
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# ── language and time ────────────────────────────────────────────────────────
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# ── static files ─────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [
    BASE_DIR / "pestzorg" / "static",
    ("vendor/bootstrap", files("bootstrap") / "css"),
    ("vendor/figtree", files("fontpkg_figtree") / "files"),
]
WHITENOISE_USE_FINDERS = EMBEDDED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage."
        + ("StaticFilesStorage" if EMBEDDED else "ManifestStaticFilesStorage")
    },
}

# ── mail ─────────────────────────────────────────────────────────────────────
vars().update(env.email("EMAIL_URL", "consolemail://" if EMBEDDED else "smtp://localhost:25"))
EMAIL_TIMEOUT = 10
MAIL_PER_MINUTE = env.number("MAIL_PER_MINUTE", 60)  # so many at most in any minute; 0: no limit
# The mail service that tells when a mail came back, and "user:password" that it sends along
MAIL_PROVIDER = env.text("MAIL_PROVIDER", "")
MAIL_EVENTS_SECRET = env.text("MAIL_EVENTS_SECRET", "")
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "pestzorg <pestzorg@localhost>")

# ── Celery: hints only, the database is the truth (docs/decisions/0005-reminders.md) ──
CELERY_BROKER_URL = env.text("BROKER_URL", REDIS_URL or "memory://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker that gives up would have to be started by hand
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # a full Redis is no reason to end
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# What a worker tells itself, see pestzorg/celery.py
CELERY_WORKER_HINTS_EVERY = 0 if TESTING else MINUTE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# ── logs and figures: ids and counts only, never content ─────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "pestzorg.logs.QuietFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # without one there is no /metrics
