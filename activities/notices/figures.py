"""How the promise was kept, in figures: by month and fiscal year of the receipt, by medium, kind and way of receipt.

Everything is counted from plain facts of each notice by one rule (`activities.deadlines`), on the home page too.
Notices that may come from a machine are left out until staff release them; then they count from their receipt.
Source: the three-day rule, on-time rate.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from activities import deadlines, rate_chart
from activities.deadlines import Outcome, Settlement
from activities.kinds import NoticeKind
from activities.media import Medium
from activities.models import Channel, Notice, NoticeEntry, ReturnReason
from activities.notices.queries import received_notices, settlement
from center.opening import fiscal_year, tokyo_date

FIRST_MONTH = 4
PROMISED = (Medium.WEB, Medium.FACEBOOK)
"""The media for which three days are promised."""
READ = (
    *("number", "kind", "state", "channel", "title", "media", "received_at", "due_on", "prepare_by", "return_count"),
    *("late_return", "public_since", "applied_at", "settled_at", "facebook_posted_at", "is_sample"),
)


@dataclass(frozen=True)
class Fact:
    """What is known of one notice on one medium."""

    notice: Notice
    settlement: Settlement

    @property
    def received_on(self) -> date:
        return tokyo_date(self.notice.received_at)

    @property
    def fiscal_year(self) -> int:
        return fiscal_year(self.received_on)

    @property
    def days_to_publication(self) -> int | None:
        """Days from the day of receipt to the day of publication; None where it is not published."""
        if self.settlement.outcome != Outcome.PUBLISHED or self.settlement.settled_at is None:
            return None
        return (tokyo_date(self.settlement.settled_at) - self.received_on).days


@dataclass(frozen=True)
class Tally:
    """The figures of some notices, under a label."""

    label: str
    facts: list[Fact]
    today: date
    month: int = 0

    @cached_property
    def rate(self) -> deadlines.Rate:
        return deadlines.on_time_rate((fact.settlement for fact in self.facts), today=self.today)

    @cached_property
    def _outcomes(self) -> Counter:
        return Counter(fact.settlement.outcome for fact in self.facts)

    @property
    def received_count(self) -> int:
        return len(self.facts)

    @property
    def published_count(self) -> int:
        return self._outcomes[Outcome.PUBLISHED]

    @property
    def declined_count(self) -> int:
        return self._outcomes[Outcome.DECLINED]

    @property
    def withdrawn_count(self) -> int:
        return self._outcomes[Outcome.WITHDRAWN]

    @property
    def open_count(self) -> int:
        return self._outcomes[Outcome.OPEN]

    @property
    def counted(self) -> int:
        return self.rate.total

    @property
    def on_time_count(self) -> int:
        return self.rate.on_time

    @property
    def literal_count(self) -> int:
        return self.rate.literal

    @property
    def late_count(self) -> int:
        return self.rate.total - self.rate.on_time

    @property
    def unprepared_count(self) -> int:
        """Those that count and had no open day before their due day."""
        return self.rate.unprepared

    @property
    def return_count(self) -> int:
        return sum(fact.notice.return_count for fact in self.facts)

    @property
    def asked_count(self) -> int:
        """Notices that went back at least once."""
        return sum(fact.notice.return_count > 0 for fact in self.facts)

    @property
    def asked_twice_count(self) -> int:
        """Notices whose group was asked twice or more."""
        return sum(fact.notice.return_count > 1 for fact in self.facts)

    @cached_property
    def median_days(self) -> float | None:
        days = [found for fact in self.facts if (found := fact.days_to_publication) is not None]
        return median(days) if days else None

    @property
    def share_words(self) -> str:
        return "–" if self.rate.share is None else rate_chart.share_words(self.rate.share)

    @property
    def literal_words(self) -> str:
        return "–" if self.rate.literal_share is None else rate_chart.share_words(self.rate.literal_share)

    @property
    def median_words(self) -> str:
        return "–" if self.median_days is None else f"{self.median_days:g}"


@dataclass(frozen=True)
class Choice:
    """What is looked at: a fiscal year, a medium, a kind of notice ("" for all), and whether samples are counted."""

    year: int
    medium: str = Medium.WEB
    kind: str = ""
    has_samples: bool = True


@dataclass(frozen=True)
class Figures:
    """The figures of one choice, and beside them those of all years."""

    choice: Choice
    total: Tally
    months: list[Tally]
    media: list[Tally]
    kinds: list[Tally]
    channels: list[Tally]
    years: list[Tally]
    reasons: list[tuple[str, int]]
    known_years: list[int]
    sample_count: int

    @property
    def chart(self) -> SafeString:
        return rate_chart.rate_chart([(row.month, row.rate) for row in self.months if row.counted])

    @property
    def sections(self) -> list[tuple[str, list[Tally]]]:
        """The tables with their names, as they are exported one below the other."""
        return [
            (str(_("Month of receipt")), [*self.months, self.total]),
            (str(_("Medium")), self.media),
            (str(_("Kind")), self.kinds),
            (str(_("Way of receipt")), self.channels),
            (str(_("Fiscal year")), self.years),
        ]


# Reading


def facts_of(notices: Iterable[Notice], medium: str) -> list[Fact]:
    """The facts on one medium; on Facebook only of those whose media include it. Keeps the order."""
    wanted = [notice for notice in notices if medium == Medium.WEB or medium in (notice.media or [])]
    return [Fact(notice, settlement(notice, medium=medium)) for notice in wanted]


def figures(choice: Choice, *, today: date) -> Figures:
    """All figures of the desk. Two queries, whatever is chosen and however many notices there are."""
    received = received_notices(date(2000, 1, 1), today).only(*READ)
    everything = list(received)
    notices = [notice for notice in everything if _is_chosen(notice, choice)]
    of_year = [notice for notice in notices if fiscal_year(tokyo_date(notice.received_at)) == choice.year]
    facts = facts_of(of_year, choice.medium)
    by_year: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts_of(notices, choice.medium):
        by_year[fact.fiscal_year].append(fact)
    return Figures(
        choice=choice,
        total=Tally(str(_("Whole year")), facts, today),
        months=month_tallies(facts, today=today),
        media=[Tally(str(medium.label), facts_of(of_year, medium), today) for medium in PROMISED],
        kinds=_by(facts, NoticeKind, "kind", today),
        channels=_by(facts, Channel, "channel", today),
        years=[Tally(year_words(year), by_year[year], today) for year in sorted(by_year, reverse=True)],
        reasons=_reasons([fact.notice for fact in facts]),
        known_years=sorted({fiscal_year(tokyo_date(notice.received_at)) for notice in everything}, reverse=True),
        sample_count=sum(notice.is_sample for notice in everything),
    )


def month_tallies(facts: Iterable[Fact], *, today: date) -> list[Tally]:
    """One for each month of receipt in which there was something, April first."""
    months: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        months[fact.received_on.month].append(fact)
    in_order = sorted(months, key=lambda month: (month < FIRST_MONTH, month))
    return [Tally(rate_chart.month_name(month), months[month], today, month) for month in in_order]


def year_so_far(today: date) -> tuple[Tally, list[Tally]]:
    """The fiscal year of `today` on this site, samples included, and its months, for the home page. One query."""
    first_on = date(fiscal_year(today), FIRST_MONTH, 1)
    facts = facts_of(received_notices(first_on, today).only(*READ), Medium.WEB)
    return Tally("", facts, today), month_tallies(facts, today=today)


def year_words(year: int) -> str:
    return _("FY %(year)s") % {"year": year}


def _is_chosen(notice: Notice, choice: Choice) -> bool:
    return (not choice.kind or notice.kind == choice.kind) and (choice.has_samples or not notice.is_sample)


def _by(facts: list[Fact], choices, name: str, today: date) -> list[Tally]:
    """One for each of the choices that occurs, in their order."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[getattr(fact.notice, name)].append(fact)
    return [Tally(str(choice.label), found[choice.value], today) for choice in choices if found[choice.value]]


def _reasons(notices: list[Notice]) -> list[tuple[str, int]]:
    """How often notices went back for each reason, the most frequent first."""
    wanted = {notice.pk for notice in notices}
    rows = NoticeEntry.objects.filter(kind=NoticeEntry.Kind.RETURNED).values_list("notice_id", "reason")
    counts = Counter(reason for pk, reason in rows if pk in wanted)
    labels = dict(ReturnReason.choices)
    return [(str(labels.get(reason, reason)), count) for reason, count in counts.most_common()]
