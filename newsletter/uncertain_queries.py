"""The mails that a person has to decide about: uncertain ones of all issues and single ones; single ones that failed.

Reads only. A mail is named by a key: "d12" is a delivery of an issue, "m5" a single mail.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import Count
from django.utils.translation import gettext as _

from center.models import OutgoingMail, SendingState
from newsletter.models import DONE_STATES, Delivery, DeliveryEvent, Issue, IssueState, SubscriberState
from newsletter.sending.single_verbs import is_body_erased
from newsletter.uncertain_evidence import LATER, Evidence, evidence_of, instead_words, kind_words

SINGLE = "single"
"""The source of all single mails, in the address of the page."""
_KEY = re.compile(r"[dm][0-9]{1,18}")


class Which(StrEnum):
    """The two lists of the page."""

    UNCERTAIN = "uncertain"
    FAILED = "failed"


@dataclass(frozen=True)
class Undecided:
    """One row of the page. `obstacle` says why it cannot be sent again, and what to do instead; "" where it can."""

    row: Delivery | OutgoingMail
    evidence: Evidence
    later: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def is_single(self) -> bool:
        return isinstance(self.row, OutgoingMail)

    @property
    def key(self) -> str:
        return f"{'m' if self.is_single else 'd'}{self.row.pk}"

    @property
    def issue(self) -> Issue | None:
        return None if self.is_single else self.row.issue

    @property
    def address(self) -> str:
        return self.row.to if self.is_single else self.row.email

    @property
    def source(self) -> str:
        """What was sent: the issue, or the kind of single mail."""
        return kind_words(self.row.kind) if self.is_single else self.row.issue.subject

    @property
    def subject(self) -> str:
        return self.row.subject if self.is_single else ""

    @property
    def is_refused(self) -> bool:
        return self.row.state == SendingState.REFUSED

    @property
    def obstacle(self) -> str:
        return self._single_obstacle() if self.is_single else self._issue_obstacle()

    def _single_obstacle(self) -> str:
        if not is_body_erased(self.row):
            return ""
        erased = _("This mail held a personal link, so its words were not kept and it cannot be sent again.")
        return f"{erased} {instead_words(self.row.kind)}"

    def _issue_obstacle(self) -> str:
        if not self.row.email or self.row.subscriber is None or self.row.subscriber.state == SubscriberState.ERASED:
            return _("The address has been erased, so it cannot be sent again.")
        if self.row.subscriber.state != SubscriberState.ACTIVE:
            state = self.row.subscriber.get_state_display()
            return _("This reader does not get the mail any more (%(state)s), so it is not sent again.") % {
                "state": state
            }
        return ""

    @property
    def waits_for_issue(self) -> bool:
        """Whether its issue stands still, so that sending it again waits until somebody goes on with the issue."""
        return not self.is_single and self.row.issue.state == IssueState.PAUSED

    def needs_last_moment(self, *, now: datetime) -> bool:
        """Whether sending it again opens its issue anew, whose last moment is over. One that is paused asks later."""
        return not self.is_single and self.row.issue.state in DONE_STATES and self.row.issue.not_after <= now


def uncertain_count() -> int:
    """How many mails wait for a person to say whether they arrived, issues and single mails together."""
    state = SendingState.AMBIGUOUS
    return Delivery.objects.filter(state=state).count() + OutgoingMail.objects.filter(state=state).count()


def failed_count() -> int:
    """How many single mails were turned down for good and wait for somebody to see to them."""
    return OutgoingMail.objects.filter(state=SendingState.REFUSED).count()


def sources() -> list[tuple[str, str, int]]:
    """Where the uncertain mails come from: (value, words, count), the latest issue first, single mails last."""
    counted = Delivery.objects.filter(state=SendingState.AMBIGUOUS).order_by()
    counts = dict(counted.values_list("issue").annotate(count=Count("pk")))
    issues = Issue.objects.filter(pk__in=counts).order_by("-send_at")
    rows = [(str(issue.pk), issue.subject, counts[issue.pk]) for issue in issues]
    single = OutgoingMail.objects.filter(state=SendingState.AMBIGUOUS).count()
    return rows + ([(SINGLE, _("Single mails (receipts, confirmations and so on)"), single)] if single else [])


def undecided_keys(which: Which, *, source: str = "") -> list[str]:
    """The keys of a list, those handed over last first. `source` is an issue's id or SINGLE; "" is all of them."""
    state = SendingState.AMBIGUOUS if which == Which.UNCERTAIN else SendingState.REFUSED
    found: list[tuple[float, str]] = []
    if which == Which.UNCERTAIN and source != SINGLE:
        deliveries = Delivery.objects.filter(state=state)
        if source:
            deliveries = deliveries.filter(issue=int(source)) if source.isdecimal() else deliveries.none()
        found += [(_stamp(at), f"d{pk}") for pk, at in deliveries.values_list("pk", "intent_at")]
    if source in ("", SINGLE):
        mails = OutgoingMail.objects.filter(state=state).values_list("pk", "intent_at")
        found += [(_stamp(at), f"m{pk}") for pk, at in mails]
    return [key for _at, key in sorted(found, reverse=True)]


def load_undecided(keys: list[str]) -> list[Undecided]:
    """The rows of these keys in their order; what is no key, gone or decided meanwhile is left out. Four queries."""
    good = [key for key in dict.fromkeys(keys) if _KEY.fullmatch(key)]
    deliveries = Delivery.objects.select_related("issue", "subscriber").prefetch_related("events")
    open_states = (SendingState.AMBIGUOUS, SendingState.REFUSED)
    of_issues = deliveries.filter(state__in=open_states).in_bulk([int(key[1:]) for key in good if key[0] == "d"])
    mails = OutgoingMail.objects.filter(state__in=open_states)
    single = mails.in_bulk([int(key[1:]) for key in good if key[0] == "m"])
    reports: dict[int, list] = {}
    for event in DeliveryEvent.objects.filter(data__mail__in=list(single)).order_by("at") if single else ():
        reports.setdefault(event.data["mail"], []).append(event)
    rows = [(of_issues if key[0] == "d" else single).get(int(key[1:])) for key in good]
    return [
        Undecided(row, evidence_of(row), _later(reports.get(row.pk, ()) if key[0] == "m" else row.events.all()))
        for key, row in zip(good, rows, strict=True)
        if row is not None
    ]


def _later(events) -> list[tuple[datetime, str]]:
    return [(event.at, str(LATER.get(event.type, event.type))) for event in events]


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
