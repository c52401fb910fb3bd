"""Production: refuses to start without what it cannot guess."""

from config.env import env, required
from config.settings.base import *  # noqa: F403 - settings are one namespace

SECRET_KEY = required("SECRET_KEY")
required("ALLOWED_HOSTS")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
required("DATABASE_URL")
required("SITE_URL")
required("EMAIL_URL")
