"""Tests: a database of their own, quick passwords, media in a folder that the run throws away."""

import tempfile

from config.env import env
from config.settings.base import *  # noqa: F403 - settings are one namespace

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SITE_URL = "https://assist-park.example"
WAGTAILADMIN_BASE_URL = SITE_URL
MAIL_DOMAIN = "assist-park.example"
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

TEST_ROOT = tempfile.mkdtemp(prefix="assist-park-test-")
MEDIA_ROOT = f"{TEST_ROOT}/media"
PRIVATE_ROOT = f"{TEST_ROOT}/private"
OUTBOX_DIR = f"{TEST_ROOT}/outbox"
INSTANCE_DIR = f"{TEST_ROOT}/instances"
JOURNAL_DIR = f"{TEST_ROOT}/sending"
SHARE_ROOT = f"{TEST_ROOT}/share"
EMAIL_URL = ""
MAILBOX_URL = LIST_UNSUBSCRIBE_MAILTO = DKIM_SELECTOR = ""
ESP_API_KEY = ESP_WEBHOOK_SECRET = ESP_WEBHOOK_SIGNING_KEY = ""
ESP_WEBHOOKS = False
STATIC_ROOT = f"{TEST_ROOT}/static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
FORM_MIN_SECONDS = 0
FORM_NEEDS_PROOF = False  # tests of the guard switch it on
DATABASES = {
    "default": env.db("TEST_DATABASE_URL", default="sqlite:///:memory:"),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
SERVE_MEDIA = True
