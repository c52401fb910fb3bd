"""The words under which the log of an issue shows what staff and the clock did to it before it was sent."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from newsletter.models import PageChoice

DRAFTED = "newsletter.draft"
EDITED = "newsletter.edit"
CHOSEN = "newsletter.choose"
UNCHOSEN = "newsletter.unchoose"
PLACED = "newsletter.place"
ORDER_RESTORED = "newsletter.restore_order"
SHORTENED = "newsletter.shorten"
TRIED = "newsletter.trial"
CARRIED_OVER = "newsletter.carry_over"
NOT_CARRIED_OVER = "newsletter.undo_carry_over"
LINE_ADDED = "newsletter.add_line"
LINE_REMOVED = "newsletter.remove_line"
FROZEN = "newsletter.freeze"
UNFROZEN = "newsletter.unfreeze"
APPROVED = "newsletter.approve"
LAPSED = "newsletter.lapse"
HELD = "newsletter.hold"
STARTED = "newsletter.start"
CANCELLED_ISSUE = "newsletter.cancel"

DECISIONS = {str(value): label for value, label in PageChoice.Action.choices}

PLAIN = (
    (DRAFTED, _("Draft the issue"), _("Drafted")),
    (EDITED, _("Edit the issue"), _("Texts or dates edited")),
    (FROZEN, _("Close for items"), _("Closed for items")),
    (UNFROZEN, _("Open again"), _("Opened again for items")),
    (APPROVED, _("Approve"), _("Approved; it will be sent at its time")),
    (LAPSED, _("Approval lapsed"), _("The approval lapsed")),
    (STARTED, _("Begin to send"), _("Sending began")),
)


class WithReason(LogFormatter):
    """A message with what it was about and the written reason."""

    words = _("%(title)s: %(reason)s")

    def format_message(self, log_entry) -> str:
        return self.words % {"title": log_entry.data.get("title", ""), "reason": log_entry.data.get("reason", "")}


def _with_reason(action_label, message) -> type[WithReason]:
    return type("_WithReason", (WithReason,), {"label": action_label, "words": message})


REASONED = (
    (UNCHOSEN, _("Take a decision back"), _("Decision taken back: %(title)s %(reason)s")),
    (PLACED, _("Move an item"), _("Moved: %(title)s %(reason)s")),
    (ORDER_RESTORED, _("Order by date again"), _("Ordered by date again: %(title)s %(reason)s")),
    (SHORTENED, _("Own words for an item"), _("Words for this issue: %(title)s %(reason)s")),
    (TRIED, _("Send a trial to staff"), _("Trial mailed to staff: %(title)s (%(reason)s)")),
    (CARRIED_OVER, _("Carry over"), _("Carried over: %(title)s (%(reason)s)")),
    (NOT_CARRIED_OVER, _("Do not carry over"), _("No longer carried over: %(title)s %(reason)s")),
    (LINE_ADDED, _("Write a correction"), _("Correction written: %(title)s %(reason)s")),
    (LINE_REMOVED, _("Remove a correction"), _("Correction removed: %(title)s %(reason)s")),
    (HELD, _("Hold"), _("Held: %(reason)s %(title)s")),
    (CANCELLED_ISSUE, _("Cancel the issue"), _("Cancelled: %(reason)s %(title)s")),
)


@hooks.register("register_log_actions")
def register_issue_actions(actions) -> None:
    """Called by Wagtail once, before the first entry is written or shown."""
    for action, label, message in PLAIN:
        actions.register_action(action, label, message)
    for action, label, message in REASONED:
        actions.register_action(action)(_with_reason(label, message))

    @actions.register_action(CHOSEN)
    class Chosen(LogFormatter):
        label = _("Decide about a page")

        def format_message(self, log_entry) -> str:
            decision = log_entry.data.get("decision", "")
            words = {
                "title": log_entry.data.get("title", ""),
                "decision": DECISIONS.get(decision, decision),
                "reason": log_entry.data.get("reason", ""),
            }
            if not words["reason"]:
                return _("%(title)s: %(decision)s") % words
            return _("%(title)s: %(decision)s (%(reason)s)") % words
