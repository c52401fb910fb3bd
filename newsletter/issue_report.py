"""What became of an issue: where everybody stands while it is sent, and the issues beside each other. Reads only."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from center.models import SendingState
from newsletter.facts import UNDER_WAY
from newsletter.models import ConsentEvent, Delivery, DeliveryEvent, Issue
from newsletter.sending.esp_services import webhooks_are_on
from newsletter.sending.report import Report, closing_report

BOUNCED = "bounced"
REPORT_ISSUES = 24
"""Issues on the page of reports: two years of the monthly mail."""
PARTS: tuple[tuple[str, Promise, Promise], ...] = (
    ("sent", pgettext_lazy("mails", "Sent"), gettext_lazy("The mail server took it over.")),
    ("refused", SendingState.REFUSED.label, gettext_lazy("The mail server turned it down, or it was given up.")),
    (
        "suppressed",
        pgettext_lazy("mails", "Suppressed"),
        gettext_lazy("Left, paused or undeliverable meanwhile: nothing was sent."),
    ),
    (
        "ambiguous",
        pgettext_lazy("mails", "Uncertain"),
        gettext_lazy("Nobody knows whether it arrived. It is not sent again by itself."),
    ),
    ("cancelled", pgettext_lazy("mails", "Cancelled"), gettext_lazy("Staff cancelled the rest before it was sent.")),
    ("waiting", pgettext_lazy("mails", "Waiting"), gettext_lazy("Not sent yet.")),
)
"""The ends that a mail can have, in the order of the sum: field of the report, word, what it means."""


@dataclass(frozen=True)
class Part:
    """One number of the sum."""

    name: str
    label: str
    words: str
    count: int


@dataclass(frozen=True)
class Progress:
    """Where the mails of one issue stand. `again_count` of the waiting ones were put off by the mail server.

    `came_back_count` is how many came back afterwards, None where nobody learns of that.
    """

    issue: Issue
    report: Report
    again_count: int = 0
    came_back_count: int | None = None

    @property
    def is_under_way(self) -> bool:
        return self.issue.state in UNDER_WAY

    @property
    def is_counted(self) -> bool:
        """Whether the recipients are written; before that nobody can say how many there are."""
        return self.issue.materialised_at is not None or not self.is_under_way

    @property
    def done_count(self) -> int:
        return max(0, self.report.targeted - self.report.waiting)

    @property
    def percent(self) -> int:
        """Whole percent of the mails that have their end, never rounded up to a hundred."""
        return 100 * self.done_count // self.report.targeted if self.report.targeted else 0

    @property
    def parts(self) -> list[Part]:
        """The numbers of the sum; those waiting only while there are some."""
        return [
            Part(name, str(label), str(words), getattr(self.report, name))
            for name, label, words in PARTS
            if name != "waiting" or self.report.waiting
        ]

    @property
    def sum_words(self) -> str:
        """対象 100人 ＝ 送信済 97 ＋ 不達 1 ＋ …"""
        parts = " ＋ ".join(f"{part.label} {part.count:,}" for part in self.parts)
        return f"{_('Recipients in all')} {self.report.targeted:,} ＝ {parts}"

    @property
    def status_words(self) -> str:
        """One sentence for who cannot see the bar."""
        words = {"done": f"{self.done_count:,}", "all": f"{self.report.targeted:,}", "percent": self.percent}
        return _("%(done)s of %(all)s done (%(percent)d %%)") % words


@dataclass(frozen=True)
class IssueRow:
    """One issue beside others. `left_count`: who left from its start until the next issue's, for good."""

    progress: Progress
    began_at: datetime
    bounced_count: int
    left_count: int

    @property
    def issue(self) -> Issue:
        return self.progress.issue

    @property
    def report(self) -> Report:
        return self.progress.report


def progress_of(issue: Issue) -> Progress:
    """Where the mails of an issue stand now: three queries, whatever their number."""
    again = issue.deliveries.filter(state=SendingState.DEFERRED).count() if issue.state in UNDER_WAY else 0
    came_back = issue.deliveries.filter(later=BOUNCED).count() if knows_later_bounces() else None
    return Progress(issue, closing_report(issue), again, came_back)


def issue_rows(*, limit: int = REPORT_ISSUES) -> list[IssueRow]:
    """The issues that began to be sent, the latest first."""
    begun = Issue.objects.filter(Q(sending_started_at__isnull=False) | Q(sent_at__isnull=False))
    issues = sorted(begun.order_by("-send_at")[:limit], key=_began_at)
    states, bounced = _counts(issues)
    starts = [_began_at(issue) for issue in issues]
    left: Counter[int] = Counter()
    if issues:
        for at in _leaves(starts[0]).values_list("at", flat=True):
            left[bisect_right(starts, at) - 1] += 1
    rows = [
        IssueRow(Progress(issue, _report(issue, states[issue.pk])), began_at, bounced[issue.pk], left[place])
        for place, (issue, began_at) in enumerate(zip(issues, starts, strict=True))
    ]
    return rows[::-1]


def knows_later_bounces() -> bool:
    """Whether it is learned of mails that come back afterwards: from the mail service, or from the mailbox."""
    return bool(settings.MAILBOX_URL) or webhooks_are_on() or DeliveryEvent.objects.filter(type=BOUNCED).exists()


def _began_at(issue: Issue) -> datetime:
    return issue.sending_started_at or issue.sent_at or issue.send_at


def _counts(issues: list[Issue]) -> tuple[dict[int, Counter], Counter]:
    """By issue: how many mails are in each state; how many did not arrive as far as is known."""
    rows = Delivery.objects.filter(issue__in=issues).order_by()
    states: dict[int, Counter] = {issue.pk: Counter() for issue in issues}
    for pk, state, count in rows.values_list("issue", "state").annotate(count=Count("pk")):
        states[pk][state] = count
    undelivered = rows.filter(Q(state=SendingState.REFUSED) | Q(later=BOUNCED))
    return states, Counter(dict(undelivered.values_list("issue").annotate(count=Count("pk"))))


def _report(issue: Issue, states: Counter) -> Report:
    ends = ("sent", "refused", "suppressed", "ambiguous", "cancelled")
    named = {name: states[name] for name in ends}
    return Report(targeted=issue.recipient_count, waiting=states.total() - sum(named.values()), **named)


def _leaves(since: datetime) -> QuerySet[ConsentEvent]:
    """Leaving, unless it was taken back afterwards."""
    back = ConsentEvent.objects.filter(
        email_hash=OuterRef("email_hash"), action=ConsentEvent.Action.RESUBSCRIBED, at__gte=OuterRef("at")
    )
    left = ConsentEvent.objects.filter(action=ConsentEvent.Action.UNSUBSCRIBED, at__gte=since)
    return left.exclude(Exists(back))
