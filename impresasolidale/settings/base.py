"""Settings shared by every installation. The environment is read here and nowhere else."""

import importlib.util
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / ".data")))

SECRET_KEY = env("SECRET_KEY", default="")
# The first key encrypts, all decrypt (32 bytes, base64); LOOKUP_KEY is for the HMAC of codes and never rotates alone.
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
LOOKUP_KEY = env("LOOKUP_KEY", default="")
SEAL_DIR = Path(env("SEAL_DIR", default=str(DATA_DIR / "seal")))
# Certificates (PEM or DER, one a file) of the authorities whose digital signatures are accepted.
SIGNATURE_TRUST_DIR = Path(env("SIGNATURE_TRUST_DIR", default=str(DATA_DIR / "trust")))

DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
PROXY_COUNT = env.int("PROXY_COUNT", default=0)  # proxies of ours in front: only they may say who the visitor is
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")  # scheme and host, as visitors write them
FORCE_SCRIPT_NAME = env("BASE_PATH", default="").rstrip("/") or None  # "/impresasolidale": where the site lives under a body's own
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- Database: the web and the workers are the application role (row-level security holds), migrations the owner.
DATABASE_URL = env("DATABASE_URL", default="")
OWNER_DATABASE_URL = env("OWNER_DATABASE_URL", default=DATABASE_URL)
DATABASE_AS_OWNER = env.bool("DATABASE_AS_OWNER", default=False)
DATABASES = {"default": env.db_url_config(OWNER_DATABASE_URL if DATABASE_AS_OWNER else DATABASE_URL)} if DATABASE_URL else {}
APPLICATION_ROLE = env("APPLICATION_ROLE", default=env.db_url_config(DATABASE_URL).get("USER", "") if DATABASE_URL else "")
REPORTS_DATABASE_URL = env("REPORTS_DATABASE_URL", default="")  # a streaming replica, as the application role: reports are read there
if DATABASE_URL and REPORTS_DATABASE_URL and not DATABASE_AS_OWNER:
    DATABASES["reports"] = env.db_url_config(REPORTS_DATABASE_URL)
for _db in DATABASES.values():
    _db["ENGINE"] = "impresasolidale.core.database"  # one that takes questions and never answers is not waited for for ever
    _db["CONN_MAX_AGE"] = 600
    _db["CONN_HEALTH_CHECKS"] = True
    _db["ATOMIC_REQUESTS"] = False
    _db.setdefault("OPTIONS", {})["application_name"] = "impresasolidale"
    _db["OPTIONS"].setdefault("connect_timeout", 5)  # a machine that says nothing is away
    _db["OPTIONS"].setdefault("keepalives_idle", 30)  # one that was switched off and on again knows no more of our connections
    _db["OPTIONS"].setdefault("keepalives_interval", 10)
    _db["OPTIONS"].setdefault("keepalives_count", 3)
DURABLE_DATABASE = False  # True: one that may lose what it confirmed is refused (core.checks)
DATABASE_WAIT = env.float("DATABASE_WAIT", default=8.0)  # seconds for which requests wait for a database that went away
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Background work: the web never speaks to the broker; the dispatcher does.
BROKER_URL = env("BROKER_URL", default="")
JOB_STALE_SECONDS = env.int("JOB_STALE_SECONDS", default=60)

# --- Files
STORAGE_URL = env("STORAGE_URL", default="")  # "s3://key:secret@host/bucket?region=…"; empty = DATA_DIR/media
MEDIA_ROOT = DATA_DIR / "media"
UPLOAD_LIMIT = 10 * 1024 * 1024
CLAMAV_URL = env("CLAMAV_URL", default="")  # "tcp://127.0.0.1:3310" or "unix:///run/clamav/clamd.ctl"; empty: no antivirus is asked
BODY_LIMIT = 64 * 1024 * 1024  # of a form with files: one that says it is longer is not read at all
FILE_UPLOAD_HANDLERS = [
    "impresasolidale.core.upload_limit.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "impresasolidale.core.uploads.TemporaryFiles",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024


def _storage(url: str) -> dict:
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(MEDIA_ROOT), "base_url": None}}
    from urllib.parse import parse_qs, unquote, urlsplit

    parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
    scheme = query.get("scheme", ["https"])[0]
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.path.strip("/"),
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "endpoint_url": f"{scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}",
            "region_name": query.get("region", ["eu-south-1"])[0],
            "signature_version": "s3v4",
            "file_overwrite": False,
            "default_acl": None,
        },
    }


# core asks the territory what an office prints on its papers
PAPER_SETTINGS = "impresasolidale.territory.selectors.paper_settings"
# the lists show the searches that are kept: (request) → what components/saved_searches.html wants
SAVED_SEARCHES = "impresasolidale.exchange.searches.shown_on"
CHOSEN_COLUMNS = "impresasolidale.exchange.columns.codes_for"
# core counts working days by the territory's calendar: (day, how many, Ambito's id) → day
WORKING_CALENDAR = "impresasolidale.territory.calendar.move_working_days"
# core asks the territory whether an office lets short messages leave: (Ambito's id, day) → yes or no
SHORT_MESSAGES = "impresasolidale.territory.selectors.sends_short_messages"
# agreements asks attendance, a room above, how much of some placements was done: (access, placements) → {"days": …, "minutes": …}
PRESENCE = "placements.attendance.selectors.presence_of"
# core asks agreements which papers, by id, say an address that was protected since: they do not leave for a body's register
PROTECTED_PAPERS = "placements.agreements.selectors.saying_protected"

STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
# --- Copies (docs/operations/backup.md). PG_BIN: the folder of pg_dump and pg_restore, where they are not found by themselves.
BACKUP_URL = env("BACKUP_URL", default="")  # a folder, or "s3://key:secret@host/bucket?region=…"
BACKUP_STORAGE = _storage(BACKUP_URL) if BACKUP_URL.startswith("s3://") else Path(BACKUP_URL) if BACKUP_URL else None
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])  # "age1…": who may open them; the secret key stays elsewhere
BACKUP_PASSPHRASE = env("BACKUP_PASSPHRASE", default="")  # instead of keys
BACKUP_IDENTITIES = env.list("BACKUP_IDENTITIES", default=[])  # "AGE-SECRET-KEY-1…": only where one is restored
BACKUP_IDENTITY_FILE = env("BACKUP_IDENTITY_FILE", default="")
PG_BIN = env("PG_BIN", default="")

STORAGES = {
    "default": _storage(STORAGE_URL),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def _package(name: str, *parts: str) -> Path:
    """A folder inside an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    assert spec and spec.submodule_search_locations, name
    return Path(spec.submodule_search_locations[0]).joinpath(*parts)


# The app of design-django-theme is not installed: of its static files what is in use is served.
BOOTSTRAP_ITALIA_DIR = _package("bootstrap_italia_template", "static")
STATICFILES_FINDERS = [
    "impresasolidale.core.finders.BootstrapItalia",
    "impresasolidale.core.finders.OwnApps",
    "django.contrib.staticfiles.finders.FileSystemFinder",
]
STATICFILES_DIRS = [("guide", BASE_DIR / "docs" / "images")]  # the pictures of the guide (desk/guide_pages.py)
WINGS = ("impresasolidale", "placements", "companies", "solidarity_fund", "certification")
TITILLIUM_DIR = _package("fontpkg_titillium_web", "files")

# --- Applications: top of the house first, so that templates and commands of higher rooms win.
INSTALLED_APPS = [
    "impresasolidale.api",
    "impresasolidale.desk",
    "impresasolidale.website",
    "impresasolidale.exchange",
    "impresasolidale.privacy",
    "impresasolidale.demo",
    "impresasolidale.operations",
    "impresasolidale.reports",
    "certification",
    "solidarity_fund",
    "placements.monitoring",
    "placements.attendance",
    "placements.matching",
    "placements.agreements",
    "companies.training",
    "companies.hosts",
    "placements.beneficiaries",
    "impresasolidale.projects",
    "impresasolidale.treasury",
    "impresasolidale.accounts",
    "impresasolidale.territory",
    "impresasolidale.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "axes",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "impresasolidale.core.monitor.MonitorMiddleware",
    "impresasolidale.core.monitor.AccessLogMiddleware",
    "impresasolidale.core.middleware.VisitorAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # inside those two: a picture that is opened by itself has a policy too
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "impresasolidale.core.outage.DatabaseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "impresasolidale.website.indexing.IndexingMiddleware",
    "impresasolidale.accounts.sessions.SessionRulesMiddleware",
    "impresasolidale.core.middleware.ScopeMiddleware",
    "impresasolidale.privacy.middleware.InstructionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "impresasolidale.urls"
WSGI_APPLICATION = "impresasolidale.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "impresasolidale.core.context.page",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "impresasolidale.core.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "impresasolidale.core.forms.Renderer"

# --- Accounts
AUTH_USER_MODEL = "accounts.User"
ACCESS_RESOLVER = "impresasolidale.accounts.access.resolve"
JOB_ACCESS = "impresasolidale.accounts.access.for_job"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LEAKED_PASSWORDS = env("LEAKED_PASSWORDS", default="")  # a file of passwords that were stolen somewhere, one a line, plain or .gz
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "impresasolidale.accounts.passwords.GuessedValidator"},
    *(
        {"NAME": "impresasolidale.accounts.passwords.ListedValidator", "OPTIONS": {"path": path}}
        for path in filter(None, [LEAKED_PASSWORDS])
    ),
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "website:home"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # the name of the credential, not of our form field
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "impresasolidale.accounts.views.locked_out"
AXES_ENABLE_ADMIN = False
SESSION_ENGINE = "impresasolidale.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # the whole of a session; how long it may rest:
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=120)
SESSION_IDLE_MINUTES_OF = env.dict("SESSION_IDLE_MINUTES_OF", default={"company_tutor": "720", "company_contact": "720"})
# A second factor: "required" of the roles below, or "optional", asked of who has one. A network may have its own list of roles:
# "valtellina=coordinator|dpo". Who has none when it is first asked chooses one within the days of grace.
SECOND_FACTOR = env("SECOND_FACTOR", default="required")
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=["social_worker", "coordinator", "accounting", "dpo", "technician"])
SECOND_FACTOR_ROLES_OF = env.dict("SECOND_FACTOR_ROLES_OF", default={})
SECOND_FACTOR_GRACE_DAYS = env.int("SECOND_FACTOR_GRACE_DAYS", default=7)
REMEMBER_DEVICE_DAYS = env.int("REMEMBER_DEVICE_DAYS", default=30)  # 0: the factor is asked at every sign-in
CONFIRM_MINUTES = env.int("CONFIRM_MINUTES", default=30)  # «sei proprio tu?» before money, rules and accesses; 0: never
# An access that nobody uses is closed; its user is written to before.
UNUSED_MONTHS = env.int("UNUSED_MONTHS", default=12)
UNUSED_WARNING_DAYS = env.int("UNUSED_WARNING_DAYS", default=30)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "impresasolidale.core.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # words with names in them stay here

# --- Language and time
LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italiano")), ("en", _("Inglese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Rome"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20  # seconds: a mail server that says nothing holds up one attempt, not the worker
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="impresasolidale@example.org")

# Answers to what the office writes to companies: the address they are sent to (a "+" and a code are put before its @), and the box
# they are fetched from. Without them companies answer on their own page.
MAIL_IN_ADDRESS = env("MAIL_IN_ADDRESS", default="")
MAIL_IN_URL = env("MAIL_IN_URL", default="")  # imaps://user:password@host/Folder

# --- Short messages: a class of core.sms, or one of your own with its `send`; empty, and none is sent.
SMS_GATEWAY = env("SMS_GATEWAY", default="")
SMS_URL = env("SMS_URL", default="")
SMS_TOKEN = env("SMS_TOKEN", default="")
SMS_SENDER = env("SMS_SENDER", default="Tirocini")

# --- A digital identity (SPID, CIE) for the area of the person: off until a body connects its own sign-in (docs/adr/0021).
IDENTITY_DOOR = env("IDENTITY_DOOR", default="")  # "impresasolidale.accounts.identity.Proxy", or a class of yours with its `read(request)`
IDENTITY_SECRET = env("IDENTITY_SECRET", default="")  # what the proxy says with every request, and nobody else knows
IDENTITY_HEADER = env("IDENTITY_HEADER", default="X-Identity-Fiscal-Number")
IDENTITY_LEVEL_HEADER = env("IDENTITY_LEVEL_HEADER", default="X-Identity-Level")

# --- The body's own sign-in by OpenID Connect (Entra, Keycloak, a gateway of SPID and CIE): docs/operations/sign-in.md
OIDC_ISSUER = env("OIDC_ISSUER", default="")  # empty: the sign-in page offers the password alone
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env("OIDC_NAME", default="")  # on the button: "il Comune di …"
OIDC_SCOPE = env("OIDC_SCOPE", default="openid email profile")
OIDC_EMAIL_CLAIM = env("OIDC_EMAIL_CLAIM", default="email")
OIDC_TRUST_EMAIL = env.bool("OIDC_TRUST_EMAIL", default=False)  # the body alone gives out addresses there, and says no "email_verified"
OIDC_ACR_VALUES = env("OIDC_ACR_VALUES", default="")  # levels that are asked for
OIDC_STRONG_ACR = env.list("OIDC_STRONG_ACR", default=[])  # levels, and below methods, that count as a second factor
OIDC_STRONG_AMR = env.list("OIDC_STRONG_AMR", default=[])
OIDC_CODE_CLAIM = env("OIDC_CODE_CLAIM", default="fiscal_number")
OIDC_AREA_ACR = env.list("OIDC_AREA_ACR", default=["https://www.spid.gov.it/SpidL2", "https://www.spid.gov.it/SpidL3"])

# --- The bodies' registers: a class of core.protocol, or one of your own; an Ambito's code may name another.
PROTOCOL_REGISTER = env("PROTOCOL_REGISTER", default="impresasolidale.core.protocol.Manual")
PROTOCOL_REGISTERS = env.dict("PROTOCOL_REGISTERS", default={})  # "sondrio=impresasolidale.core.protocol.Folder"
PROTOCOL_DIR = env("PROTOCOL_DIR", default=str(DATA_DIR / "protocol"))
PROTOCOL_URL = env("PROTOCOL_URL", default="")
PROTOCOL_TOKEN = env("PROTOCOL_TOKEN", default="")
PROTOCOL_CLASSES = env.dict("PROTOCOL_CLASSES", default={})  # "agreements.framework_agreement=7.12"

# --- Registers of companies: classes of companies.hosts.registers (Vies, Chamber), or of your own; empty, and none is asked.
COMPANY_REGISTERS = env.list("COMPANY_REGISTERS", default=[])
VIES_URL = env("VIES_URL", default="https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number")
CHAMBER_URL = env("CHAMBER_URL", default="")
CHAMBER_TOKEN = env("CHAMBER_TOKEN", default="")

# --- The public site: what the body keeps elsewhere, and whose pages may show ours inside theirs (docs/operations/installation.md)
SITE_LINKS = {
    "statement": env("ACCESSIBILITY_STATEMENT_URL", default=""),
    "objectives": env("ACCESSIBILITY_OBJECTIVES_URL", default=""),
    "feedback": env("ACCESSIBILITY_FEEDBACK", default=""),
    "privacy": env("PRIVACY_URL", default=""),
    "legal": env("LEGAL_NOTES_URL", default=""),
}
EMBED_ORIGINS = env.list("EMBED_ORIGINS", default=[])  # "https://www.comune.example.it": empty, and no page is shown inside another

# --- Headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF, "data:"],  # an icon font inside Bootstrap Italia's style sheet
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
}
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- API
API_RATE = env.int("API_RATE", default=600)  # requests a minute of one key, in each web process
API_RATE_WITHOUT_KEY = env.int("API_RATE_WITHOUT_KEY", default=60)  # of one address that has none, or a wrong one
# Hosts of the body's own network that may be told what happens ("host" or "host:port"); any other must be in the open.
HOOK_HOSTS = env.list("HOOK_HOSTS", default=[])
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["impresasolidale.accounts.api.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["impresasolidale.core.api_doors.AccessRequired"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["impresasolidale.core.api_doors.StrictJSON"],
    "DEFAULT_SCHEMA_CLASS": "impresasolidale.core.api_schema.Schema",
    "EXCEPTION_HANDLER": "impresasolidale.core.api_problems.problem_details",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Impresasolidale",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["impresasolidale.core.api_schema.finish", "impresasolidale.exchange.hooks.describe"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# --- Watching it (docs/operations/monitoring.md)
MONITOR_TOKEN = env("MONITOR_TOKEN", default="")  # who says it reads /health.json and /metrics; empty, and nobody does
ERROR_REPORTER = env("ERROR_REPORTER", default="")  # a function of yours that gets the line of each error
ACCESS_LOG = env.bool("ACCESS_LOG", default=False)  # a line for each request
LOG_FORMAT = env("LOG_FORMAT", default="plain")  # "json" in production
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "impresasolidale.core.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "reporter": {"class": "impresasolidale.core.logs.Reporter", "level": "ERROR"},
    },
    "root": {"handlers": ["console", "reporter"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {"impresasolidale.access": {"level": "INFO"}},
}
