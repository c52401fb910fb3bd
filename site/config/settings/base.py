"""Settings that are safe for production; `dev` and `test` loosen them. What differs by place is environment."""

from urllib.parse import urlsplit

from django.conf import locale

from config.env import ROOT, env, read_env_file

read_env_file()

BASE_DIR = ROOT
VAR_ROOT = env.path("VAR_DIR", default=str(ROOT / "var"))()
"""Run-time files (SQLite, private uploads, outbox); never served, never in git."""

SECRET_KEY = env.str("SECRET_KEY", default="")
PERSONAL_KEY = env.str("PERSONAL_KEY", default="")
"""Makes personal links and hashes of addresses; empty takes SECRET_KEY. It never changes, so that SECRET_KEY may."""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
DEBUG = False
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
"""Scheme and host of every address in a mail; never taken from a request."""

INSTALLED_APPS = [
    "config",
    "home",
    "newsletter",
    "activities",
    "center",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "anymail",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "center.middleware.PublicHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "center.middleware.PrefixLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "center.middleware.PageRouteMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "center.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "center.context_processors.centre",
            ],
        },
    },
]

# Database: SQLite (WAL, IMMEDIATE, durable) unless DATABASE_URL names PostgreSQL.
SQLITE_PATH = f"{VAR_ROOT}/db.sqlite3"
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{SQLITE_PATH}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
}
if env.str("REDIS_URL", default=""):
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.str("REDIS_URL")}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Languages: Japanese without a prefix, English, and やさしい日本語 (easy Japanese, a locale of its own).
locale.LANG_INFO["ja-x-easy"] = {
    "bidi": False,
    "code": "ja-x-easy",
    "name": "Easy Japanese",
    "name_local": "やさしい日本語",
}
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English"), ("ja-x-easy", "やさしい日本語")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("ja", "日本語"), ("en", "English")]
WAGTAIL_I18N_ENABLED = True
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = True
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
WAGTAIL_USER_TIME_ZONES = ["Asia/Tokyo"]
FORMAT_MODULE_PATH = None

STATIC_URL = "/static/"
STATIC_ROOT = f"{VAR_ROOT}/static"
MEDIA_URL = "/media/"
SERVE_MEDIA = False
MEDIA_ROOT = env.path("MEDIA_DIR", default=str(ROOT / "media"))()
PRIVATE_ROOT = env.path("PRIVATE_DIR", default=f"{VAR_ROOT}/private")()
"""What the public sends in, before staff publish it: outside MEDIA_ROOT, streamed after a permission check."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SHARE_ROOT = f"{VAR_ROOT}/share"
"""The pictures that go with shared addresses; whatever is missing is drawn anew."""
SHARE_FONT = env.str("SHARE_FONT", default="")
"""A font file for them (bold, Japanese); empty takes the packaged one."""
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # Wagtail's page editor sends many

# Wagtail
WAGTAIL_SITE_NAME = "アシストパーク郡山"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILREDIRECTS_AUTO_CREATE = False  # center.moved_pages does it, also for large sections
WAGTAILIMAGES_IMAGE_MODEL = "center.CentreImage"
WAGTAILDOCS_DOCUMENT_MODEL = "center.CentreDocument"
WAGTAILIMAGES_IMAGE_FORM_BASE = "center.forms.CentreImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "center.forms.CentreDocumentForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES = ["application/pdf"]
WAGTAILDOCS_EXTENSIONS = ["pdf", "csv", "xlsx", "docx", "txt", "ics"]
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"webp": "webp"}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "center.japanese.search_backend", "AUTO_UPDATE": True}}
WAGTAIL_WORKFLOW_ENABLED = False  # publishing needs one person; only the mail needs a second one
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["h3", "h4", "bold", "ol", "ul", "link", "document-link"]},
    }
}
WAGTAILEMBEDS_FINDERS = []  # nothing from other sites inside ours
TAGGIT_CASE_INSENSITIVE = True
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

# Mail. One door: center.outbox. EMAIL_URL smtp://… sends, filemail:///dir (default) writes readable .eml files.
EMAIL_URL = env.str("EMAIL_URL", default="")
OUTBOX_DIR = env.path("OUTBOX_DIR", default=f"{VAR_ROOT}/outbox")()
INSTANCE_DIR = f"{VAR_ROOT}/instances"
JOURNAL_DIR = f"{VAR_ROOT}/sending"
"""Which database sends from this machine; outside the database, so that a restored copy refuses to send."""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="centre@assist-park.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILBOX_URL = env.str("MAILBOX_URL", default="")
"""The mailbox that returned mails come to (imaps://…); without it mails name no address to leave by."""
LIST_UNSUBSCRIBE_MAILTO = env.str("LIST_UNSUBSCRIBE_MAILTO", default="") if MAILBOX_URL else ""
DKIM_SELECTOR = env.str("DKIM_SELECTOR", default="")
# A mail service instead of SMTP (EMAIL_URL=postmark: …): its key, and what its reports to /esp/…/ prove themselves by.
ESP_API_KEY = env.str("ESP_API_KEY", default="")
ESP_WEBHOOK_SECRET = env.str("ESP_WEBHOOK_SECRET", default="")
ESP_WEBHOOK_SIGNING_KEY = env.str("ESP_WEBHOOK_SIGNING_KEY", default="")
ESP_WEBHOOKS = env.bool("ESP_WEBHOOKS", default=bool(ESP_WEBHOOK_SECRET or ESP_WEBHOOK_SIGNING_KEY))
MAIL_DOMAIN = urlsplit(SITE_URL).hostname or "localhost"
EMAIL_BACKEND = "center.outbox.OneDoorBackend"

FORM_MIN_SECONDS = env.int("FORM_MIN_SECONDS", default=3)
# without it a notice sent by a machine goes straight to the board
FORM_NEEDS_PROOF = env.bool("FORM_NEEDS_PROOF", default=True)
"""A form sent sooner than this after it was shown was not filled in by a person."""

# Facebook: with a token the tick posts what staff queue; without one they post by hand
FACEBOOK_PAGE_ID = env.str("FACEBOOK_PAGE_ID", default="")
FACEBOOK_PAGE_TOKEN = env.str("FACEBOOK_PAGE_TOKEN", default="")
FACEBOOK_GRAPH_URL = env.str("FACEBOOK_GRAPH_URL", default="https://graph.facebook.com/v23.0")
FACEBOOK_AUTOMATIC = env.bool("FACEBOOK_AUTOMATIC", default=False)
"""Whether every published notice for Facebook is posted without anybody pressing a button."""

# Transport and headers
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor shows its previews in frames of its own
SILENCED_SYSTEM_CHECKS = ["security.W019"]

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],  # center.middleware sets the admin's own, looser one
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django_tasks": {"level": "WARNING"}, "wagtail": {"level": "WARNING"}, "pikepdf": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
