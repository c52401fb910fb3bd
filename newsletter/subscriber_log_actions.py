"""The words under which the log shows that somebody took subscribers in or out. No address stands in it."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from newsletter.subscriber_export import EXPORTED
from newsletter.subscriber_import import IMPORTED


@hooks.register("register_log_actions")
def register_file_actions(actions) -> None:
    """Called by Wagtail once, before the first entry is written or shown."""

    @actions.register_action(IMPORTED)
    class Imported(LogFormatter):
        label = _("Take in subscribers")

        def format_message(self, log_entry) -> str:
            return _("%(count)s subscribers taken in from a file") % {"count": log_entry.data.get("count", 0)}

    @actions.register_action(EXPORTED)
    class Exported(LogFormatter):
        label = _("Take out the subscribers")

        def format_message(self, log_entry) -> str:
            return _("%(count)s subscribers taken out as a file") % {"count": log_entry.data.get("count", 0)}
