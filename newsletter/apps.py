"""The monthly mail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    """Registers the forecast that the notices show, and listens for pages that change after they were mailed."""

    name = "newsletter"
    verbose_name = _("support mail")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from newsletter import listeners
        from newsletter.sending import esp_checks, log_actions  # noqa: F401 - registers checks, words of log entries

        listeners.connect()
