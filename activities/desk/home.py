"""On the first screen of the editor: what waits for the centre today, each a link to the board narrowed to it."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from activities.desk.frame import NAMESPACE, may
from activities.desk.tabs import CONSULTATIONS, CONTACTS, waiting_inquiries
from activities.notices.board import board_counts, due_soon, due_words
from activities.notices.group_checks import groups_unconfirmed
from center.opening import tokyo_date

DUE_SOON_DAYS = 1


@dataclass(frozen=True)
class Counter:
    """How many of one sort wait, and where they are listed."""

    words: str | Promise
    count: int
    url: str
    is_warning: bool = False


def counters(request: HttpRequest, counts: dict[str, int]) -> list[Counter]:
    """The counters of the desk that this user may see, the most urgent first."""
    rows = []
    if may(request, "view"):
        rows += [
            (_("past the due day"), counts["overdue"], "index", "due=overdue"),
            (_("due today"), counts["today"], "index", "due=today"),
            (_("due tomorrow"), counts["tomorrow"], "index", "due=tomorrow"),
            (_("the group has answered"), counts["answer"], "index", "waits=answer"),
            (_("a message waits for an answer"), counts["message"], "index", "waits=message"),
            (_("perhaps from a machine"), counts["held"], "held", ""),
            (_("groups to ask about their page"), groups_unconfirmed(timezone.now()).count(), "groups", ""),
        ]
    inquiries = waiting_inquiries(request, counts)
    if CONSULTATIONS in inquiries:
        rows.append((_("consultations"), inquiries[CONSULTATIONS], "consultations", ""))
    if CONTACTS in inquiries:
        rows.append((_("contacts about matching"), inquiries[CONTACTS], "contacts", ""))
    return [
        Counter(words, count, reverse(f"{NAMESPACE}:{name}") + (f"?{query}" if query else ""), query == "due=overdue")
        for words, count, name, query in rows
    ]


class NoticesPanel(Component):
    """How much waits, each a link, and the notices that are due first."""

    name = "notices"
    order = 50
    template_name = "activities/admin/home_panel.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context) -> dict:
        today = tokyo_date(timezone.now())
        counts = board_counts(today=today)
        found = counters(self.request, counts)
        rows = [
            {"notice": notice, "left": due_words(notice, today), "is_late": notice.due_on < today}
            for notice in due_soon(today=today, days=DUE_SOON_DAYS)
        ]
        return {
            "rows": rows,
            "counters": [counter for counter in found if counter.count],
            "open_count": counts["open"],
            "may_add": may(self.request, "add"),
        }
