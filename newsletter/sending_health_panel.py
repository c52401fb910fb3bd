"""On the first screen of the editor: one calm line about the sending, or what somebody should see to."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from center.opening import tokyo_date
from newsletter.sending.health import health
from newsletter.sending.mailbox import last_turn
from newsletter.uncertain_evidence import trouble_words

LONG_WAIT = timedelta(minutes=10)


class SendingPanel(Component):
    """Whether mail leaves. The alarm stands here because a mail about it could not leave either."""

    name = "sending"
    order = 45
    template_name = "newsletter/admin/sending_panel.html"

    class Media:
        css = {"all": ("newsletter/sending.css",)}

    def __init__(self, *, may_decide: bool) -> None:
        self.may_decide = may_decide

    def get_context_data(self, parent_context) -> dict:
        now = timezone.now()
        found = health(now=now)
        return {
            "health": found,
            "silent_for": _ago(found.seen_at, now),
            "waits_for": _ago(found.waiting_since, now),
            "waits_long": bool(found.waiting_since and now - found.waiting_since >= LONG_WAIT),
            "trouble_words": trouble_words(found.trouble),
            "error_words": trouble_words(found.last_error),
            "error_is_today": bool(found.last_error_at and tokyo_date(found.last_error_at) == tokyo_date(now)),
            "mailbox": last_turn(),
            "may_decide": self.may_decide,
        }


def _ago(at: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: 12分."""
    if at is None:
        return ""
    if now - at < timedelta(minutes=1):
        return _("less than a minute")
    return timesince(at, now, depth=1).replace("\xa0", "")
