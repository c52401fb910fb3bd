"""The words under which the log of an issue shows what happened to its sending."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

PAUSED = "newsletter.pause"
RESUMED = "newsletter.resume"
CANCELLED = "newsletter.cancel_sending"
CLOSED = "newsletter.close"
DECIDED = "newsletter.decide_delivery"
MAIL_DECIDED = "newsletter.decide_mail"
SUPPRESSED = "newsletter.suppress"
UNSUPPRESSED = "newsletter.unsuppress"

DECISIONS = {
    "arrived": _("it arrived"),
    "again": _("it is sent again"),
    "given_up": _("it was given up"),
    "came_back": _("a report says that it came back"),
}


@hooks.register("register_log_actions")
def register_sending_actions(actions) -> None:
    """Called by Wagtail once, before the first entry is written or shown."""
    actions.register_action(RESUMED, _("Resume sending"), _("Sending goes on"))

    @actions.register_action(PAUSED)
    class Paused(LogFormatter):
        label = _("Pause sending")

        def format_message(self, log_entry) -> str:
            return _("Sending paused: %(reason)s") % {"reason": log_entry.data.get("reason", "")}

    @actions.register_action(CANCELLED)
    class Cancelled(LogFormatter):
        label = _("Cancel the rest")

        def format_message(self, log_entry) -> str:
            return _("Cancelled for %(count)s people: %(reason)s") % {
                "count": log_entry.data.get("count", 0),
                "reason": log_entry.data.get("reason", ""),
            }

    @actions.register_action(CLOSED)
    class Closed(LogFormatter):
        label = _("Sending finished")

        def format_message(self, log_entry) -> str:
            return _(
                "Finished: of %(targeted)s people %(sent)s sent, %(refused)s refused, %(suppressed)s suppressed, "
                "%(ambiguous)s uncertain, %(cancelled)s cancelled"
            ) % {name: log_entry.data.get(name, 0) for name in _REPORTED}

    @actions.register_action(DECIDED)
    class Decided(LogFormatter):
        label = _("Decide about one mail")

        def format_message(self, log_entry) -> str:
            return _("Mail no. %(delivery)s: %(decision)s") % {
                "delivery": log_entry.data.get("delivery", ""),
                "decision": DECISIONS.get(log_entry.data.get("decision"), ""),
            }

    @actions.register_action(MAIL_DECIDED)
    class MailDecided(LogFormatter):
        label = _("Decide about one mail")

        def format_message(self, log_entry) -> str:
            return _("Single mail no. %(mail)s: %(decision)s") % {
                "mail": log_entry.data.get("mail", ""),
                "decision": DECISIONS.get(log_entry.data.get("decision"), ""),
            }

    @actions.register_action(SUPPRESSED)
    class Suppressed(LogFormatter):
        label = _("Put an address on the list of suppressed addresses")

        def format_message(self, log_entry) -> str:
            return _("An address is not mailed any more: %(reason)s") % {"reason": log_entry.data.get("reason", "")}

    @actions.register_action(UNSUPPRESSED)
    class Unsuppressed(LogFormatter):
        label = _("Take an address off the list of suppressed addresses")

        def format_message(self, log_entry) -> str:
            return _("An address may be mailed again: %(reason)s") % {"reason": log_entry.data.get("reason", "")}


_REPORTED = ("targeted", "sent", "refused", "suppressed", "ambiguous", "cancelled")
