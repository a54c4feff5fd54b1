"""Django settings. Values that differ between installations come from `annotator.platform.environment`."""

import os
import sys
from pathlib import Path

from django.conf import global_settings

from annotator.platform.environment import SettingError, read_environment
from annotator.platform.operations import read_operations

# Threads of linear algebra busy-wait for each other: on small matrices, beside web server and workers, they use ten
# times the processor time that they save. One thread also gives the same last digit on every machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent

try:
    ENVIRONMENT = read_environment(os.environ, base_dir=BASE_DIR)
    OPERATIONS = read_operations(os.environ)
except SettingError as error:
    print(f"Cannot start: {error}", file=sys.stderr)  # noqa: T201 - before anything is set up
    sys.exit(os.EX_CONFIG)  # systemd starts it again only for other reasons

VAR_DIR = ENVIRONMENT.var_dir
UPLOADS_DIR = VAR_DIR / "uploads"
EXPORTS_DIR = VAR_DIR / "exports"
RELEASES_DIR = VAR_DIR / "releases"
BROKER_DIR = VAR_DIR / "broker"
BIND = ENVIRONMENT.bind
PORT = ENVIRONMENT.port
PUBLIC_URL = ENVIRONMENT.public_url
REDIS_URL = ENVIRONMENT.redis_url
MAX_UPLOAD_BYTES = ENVIRONMENT.max_upload_bytes
IMPORT_MEMORY_MB, IMPORT_CPU_SECONDS = ENVIRONMENT.import_memory_mb, ENVIRONMENT.import_cpu_seconds
TOKEN_MAX_DAYS = ENVIRONMENT.token_max_days
PROJECT_CREATORS = ENVIRONMENT.project_creators
MOST_PROJECTS_PER_USER = ENVIRONMENT.most_projects_per_user
MOST_BYTES_PER_PROJECT = ENVIRONMENT.most_bytes_per_project
EXPORT_DAYS = ENVIRONMENT.export_days
VERSION = "0.1.0"
# A worker loses its job when its lease expires; it extends the lease well before.
JOB_LEASE_SECONDS: float = 60
JOB_HEARTBEAT_SECONDS: float = 10
JOB_SWEEP_SECONDS: float = 5
# A worker reports that it runs this often; after three times as long without a report it counts as gone.
WORKER_REPORT_SECONDS: float = 15

# Kinds of jobs that a worker starts every day, with their time in UTC.
DAILY_JOBS = OPERATIONS.daily_jobs | {"tidy_up": "03:40"}
if OPERATIONS.mail.host:
    DAILY_JOBS["send_digests"] = "06:00"
NIGHTLY_BACKUP = OPERATIONS.backup
# Without EMAIL_URL nothing is sent, and pages offer links only.
EMAIL_ENABLED = bool(OPERATIONS.mail.host)
EMAIL_HOST, EMAIL_PORT = OPERATIONS.mail.host, OPERATIONS.mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = OPERATIONS.mail.user, OPERATIONS.mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = OPERATIONS.mail.starttls, OPERATIONS.mail.tls
DEFAULT_FROM_EMAIL = OPERATIONS.mail.sender or "annotator@localhost"
EMAIL_TIMEOUT = 15
PASSWORD_RESET_TIMEOUT = 3600
# Without LANGUAGE_MODEL_URLS nothing is sent to any language model.
LANGUAGE_MODELS = OPERATIONS.language_models
LANGUAGE_MODEL_TOKENS_PER_DAY = OPERATIONS.language_model_tokens
METRICS_TOKEN = OPERATIONS.metrics_token
WEB_PROCESSES, WEB_THREADS = OPERATIONS.web_processes, OPERATIONS.web_threads
WORKER_PROCESSES = OPERATIONS.worker_processes
LOG_REQUESTS = OPERATIONS.logs.requests

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_FAILURE_VIEW = "annotator.platform.http.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "annotator.site.serving.static_files.CollectedFiles",
    "axes",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "annotator.platform.http",
    "annotator.platform.accounts",
    "projects",
    "annotator.platform.jobs",
    "annotator.corpus.documents",
    "annotator.corpus.spans",
    "annotator.corpus.suggestions",
    "annotator.corpus.relabelling",
    "annotator.corpus.speakers",
    "annotator.imports",
    "annotator.workload.assignments",
    "annotator.workload.timing",
    "annotator.workload.questions",
    "annotator.agreement",
    "annotator.adjudication",
    "annotator.quality",
    "annotator.suggestions",
    "annotator.ledger",
    "annotator.datasets.exports",
    "annotator.datasets.releases",
    "annotator.site.removal",
    "annotator.site.backup",
    "annotator.site.privacy",
    "annotator.editor",
    "annotator.site.inbox",
    "annotator.site.work_table",
    "annotator.site.dashboard",
    "annotator.site.search",
    "annotator.site.jobs",
    "annotator.site.serving",
    "annotator.site.demo",
]

MIDDLEWARE = [
    "annotator.platform.observability.middleware.ObservedRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "annotator.platform.http.middleware.ContentSecurityPolicyMiddleware",
    "annotator.platform.http.middleware.PrivateResponseMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "annotator.platform.http.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "annotator.platform.accounts.authentication.SessionUserMiddleware",
    # Before the middleware that reads forms, so that only signed-in users can upload.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "annotator.platform.http.middleware.NullCharacterMiddleware",
    "annotator.platform.http.middleware.ProblemMiddleware",
]

ROOT_URLCONF = "annotator.urls"
WSGI_APPLICATION = "annotator.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "annotator.site.inbox.context.inbox",
            ],
            "builtins": ["annotator.platform.http.templatetags.display"],
        },
    }
]

DATABASES = {"default": ENVIRONMENT.database}
# Nothing may depend on a cache that only one of several processes sees, so there is none.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Transactions are opened around writes only: on SQLite they are immediate, and each request would take the write lock.
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "annotator.platform.password_hashing.PBKDF2PasswordHasher",
    *(hasher for hasher in global_settings.PASSWORD_HASHERS if not hasher.endswith(".PBKDF2PasswordHasher")),
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
# Locked after repeated failed sign-ins: by name and address together, so that no user can lock out another machine.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "annotator.platform.accounts.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "annotator.platform.accounts.lockout.client_address"
AXES_VERBOSE = False

# In the database alone: a session kept in the memory of one process would outlive signing out in another one.
SESSION_ENGINE = "annotator.platform.accounts.authentication"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if ENVIRONMENT.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
X_FRAME_OPTIONS = "DENY"
# Subdomains, preloading and the redirect from HTTP are decisions of the operator of proxy and domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]

# Strings of pages are marked for translation and listed in locale/ by `make messages`. English is the only language.
LANGUAGE_CODE = "en"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "annotator.platform.http.storage.HashedStaticFilesStorage"},
    "shared": ENVIRONMENT.shared_storage,
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Uploads are streamed to VAR_DIR, never held in memory; other bodies are refused before they are parsed. Files that are
# being made for a storage without paths lie there too.
FILE_UPLOAD_HANDLERS = ["annotator.platform.http.uploads.UploadHandler"]
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploading"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES = 4 << 20

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotator.platform.accounts.authentication.TokenAuthentication",
        "annotator.platform.accounts.authentication.PageAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "annotator.platform.accounts.scopes.HasTokenScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["annotator.platform.http.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["annotator.platform.http.rendering.OrjsonParser"],
    "DEFAULT_PAGINATION_CLASS": "annotator.platform.http.pagination.IdCursorPagination",
    "DEFAULT_SCHEMA_CLASS": "annotator.platform.http.openapi.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "annotator.platform.http.problem_details.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.MultiPartRenderer",
    ],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Span annotation API",
    "DESCRIPTION": "Projects, documents, annotation sets, agreement and exports. Offsets are Unicode code points.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "projects.models.ROLE_CHOICES",
        "JobStateEnum": "annotator.platform.jobs.models.JobState",
        "AdjudicationStateEnum": "annotator.adjudication.models.AdjudicationState",
        "SetStateEnum": "annotator.corpus.spans.models.SetState",
        "ReasonEnum": [
            *("boundary", "label", "attribute", "segmentation", "missed", "outside", "relation", "unclear", "silent"),
            *("slip", "other"),
        ],
        "MigrationStateEnum": "projects.models.SchemaMigration.State",
        "MigrationReviewEnum": "projects.models.SchemaMigration.Review",
        "SetKindEnum": "annotator.corpus.spans.models.SetKind",
        "LedgerDecisionKindEnum": "annotator.ledger.models.LedgerDecision.Kind",
        "DismissalKindEnum": "annotator.corpus.suggestions.models.DismissalKind",
        "SpeakerKindEnum": "annotator.corpus.speakers.models.EntryKind",
        "SpeakerChangeKindEnum": "annotator.corpus.speakers.models.SpeakerChange.Kind",
        "ScopeEnum": "annotator.platform.accounts.scopes.Scope",
        "MentionScopeEnum": ["place", "document", "everywhere"],
        "ChangeKindEnum": ["add_span", "remove_span", "update_span", "add_relation", "remove_relation"],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "annotator.platform.observability.logs.PlainFormatter"},
        "json": {"()": "annotator.platform.observability.logs.JsonFormatter"},
    },
    "filters": {"refusals": {"()": "annotator.platform.observability.logs.RefusalsWithoutTraceback"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": OPERATIONS.logs.format, "filters": ["refusals"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "annotator": {"level": OPERATIONS.logs.level},
        "django.security.DisallowedHost": {"level": "ERROR"},
        # Refused requests are lines of LOG_REQUESTS; Django's own hold addresses, and some of these are secret links.
        "django.request": {"level": "ERROR"},
        # It would report each request that waits for a thread.
        "waitress.queue": {"level": "ERROR"},
    },
}
