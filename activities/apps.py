"""What the centre does, and what groups tell it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    """Listens to the record of public pages, so that a notice knows the moment it was published."""

    name = "activities"
    verbose_name = _("activities")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from activities import listeners

        listeners.connect()
