"""The ground floor: what belongs to the centre as a whole."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CenterConfig(AppConfig):
    """Registers the listeners that keep the record of public spans."""

    name = "center"
    label = "center"
    verbose_name = _("centre")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from center import signals

        signals.connect()
