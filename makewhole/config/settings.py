"""Django settings, read from the environment; `docs/reference/settings.md` explains each variable."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from makewhole.config import addresses, environment, home, mail, postgres

PACKAGE = Path(__file__).resolve().parent.parent

DEMO = environment.flag("MAKEWHOLE_DEMO")
DEBUG = environment.flag("MAKEWHOLE_DEBUG")
HTTPS = environment.flag("MAKEWHOLE_HTTPS")
PUBLIC_URL = addresses.public_url()

SECRET_KEY = home.secret_key()
ALLOWED_HOSTS = addresses.allowed_hosts()
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

ROOMS = ["identity", "notices", "orders", "rulebooks", "evidence", "treasury", "cases", "desk", "trials"]
PORTALS = ["parts", "anyone", "buyer", "merchant", "agent", "operator"]

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
    *(f"makewhole.rooms.{room}" for room in ROOMS),
    "makewhole.integrations.payments",
    "makewhole.integrations.storage",
    "makewhole.integrations.messages",
    *(f"makewhole.doors.portal.{portal}" for portal in PORTALS),
    "makewhole.doors.api",
]

MIDDLEWARE = [
    "makewhole.config.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "makewhole.config.health.Probes",
    "makewhole.config.pages.Compression",
    "makewhole.config.pages.Files",
    "makewhole.config.pages.Sessions",
    "makewhole.config.pages.Locale",
    "django.middleware.common.CommonMiddleware",
    "makewhole.config.pages.Csrf",
    "makewhole.config.pages.Authentication",
    "makewhole.config.pages.Messages",
    "makewhole.config.pages.Htmx",
    "makewhole.config.errors.RulesNotInService",
]

ROOT_URLCONF = "makewhole.config.urls"
WSGI_APPLICATION = "makewhole.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

WEB_PROCESSES = environment.whole_number("MAKEWHOLE_WEB_PROCESSES", least=1, most=64)
WEB_THREADS = environment.whole_number("MAKEWHOLE_WEB_THREADS", least=1, most=64)

_database = postgres.connection_settings(postgres.database_url())
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **_database,
        # Each thread keeps its connection; `config/engine` says what becomes of it.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 10,
            **_database["OPTIONS"],
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LANGUAGE_CODE = environment.choice("MAKEWHOLE_LANGUAGE", *(code for code, _ in LANGUAGES))
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "makewhole.config.static.VersionedStaticFiles"},
}
# Files are served from the packages themselves: nothing has to be collected. Their addresses carry a digest of
# their content, so browsers may keep them for a year.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 365 * 24 * 3600

SESSION_COOKIE_NAME = "makewhole_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "makewhole_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# The rooms keep their background tasks and their sweeps in one file, jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

MAIL_SERVER = mail.mail_server(environment.text("MAKEWHOLE_MAIL_URL"))
EMAIL_BACKEND = MAIL_SERVER.backend or "django.core.mail.backends.dummy.EmailBackend"
EMAIL_HOST, EMAIL_PORT = MAIL_SERVER.host, MAIL_SERVER.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL_SERVER.user, MAIL_SERVER.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_SERVER.tls, MAIL_SERVER.ssl
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = addresses.mail_from()
SMS_URL = addresses.sms_url()
WEBHOOKS_TO_PRIVATE_ADDRESSES = environment.flag("MAKEWHOLE_WEBHOOKS_TO_PRIVATE_ADDRESSES")

SETTLE_AFTER_DAYS = environment.whole_number("MAKEWHOLE_SETTLE_AFTER_DAYS", least=0, most=365)
SCANNER_URL = addresses.scanner_url()
FILES_URL = addresses.files_url()
RULEBOOKS_DIRECTORY = home.rulebooks_directory(PACKAGE)
HOME_MARKET = home.market(RULEBOOKS_DIRECTORY)
addresses.check_clock()

LOG_LEVEL = environment.choice("MAKEWHOLE_LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Whoever asks under a wrong name is answered 400; a trace for each would let strangers fill the log.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "procrastinate": {"level": "WARNING"},
    },
}

# The back office wears the portal's ink-teal.
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "makewhole",
    "SITE_HEADER": "makewhole",
    "COLORS": {
        "primary": {
            "50": "#f0f7f5",
            "100": "#e1eeeb",
            "200": "#c4ddd9",
            "300": "#9fc4c0",
            "400": "#6aa3a0",
            "500": "#358083",
            "600": "#0e5459",
            "700": "#0a4347",
            "800": "#083538",
            "900": "#062a2c",
            "950": "#031a1c",
        },
    },
}
