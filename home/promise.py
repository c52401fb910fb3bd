"""The three-day promise as the home page tells it: the way of a notice from today on, and how often it was kept."""

from dataclasses import dataclass
from datetime import date
from math import floor

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from activities import deadlines, rate_chart
from activities.notices import figures
from center.japanese.dates import day_words
from center.opening import fiscal_year, tokyo_date
from newsletter.mailed_issues import issue_words
from newsletter.models import Issue


@dataclass(frozen=True)
class Step:
    """One step on the way of a notice, with the clerk's stamp: words above and below the day, dashed while to come."""

    top: str
    on: date | None
    bottom: str
    title: str
    text: str
    middle: str = ""
    todo: bool = False


def promise_steps(today: date, due_on: date, issue: Issue | None) -> list[Step]:
    """What happens to a notice that comes today: receipt, publication by `due_on`, the mail (`issue`: the next one)."""
    return [
        Step(
            top=pgettext("stamp", "received"),
            on=today,
            bottom=pgettext("stamp", "today"),
            title=_("Your notice arrives"),
            text=_(
                "By form, phone, fax or at the counter. We record the hour and tell you its number and its due day."
            ),
        ),
        Step(
            top=pgettext("stamp", "posted"),
            on=due_on,
            bottom=pgettext("stamp", "by then"),
            title=_("Published here within 3 days"),
            text=_("What arrives today is public by %(day)s, as soon as it says everything.")
            % {"day": day_words(due_on)},
            todo=True,
        ),
        _mail_step(due_on, issue),
    ]


def _mail_step(due_on: date, issue: Issue | None) -> Step:
    reaches = issue is not None and due_on <= tokyo_date(issue.cutoff_at)
    if reaches:
        text = _("What is public in time is in the %(issue)s of the support mail. If it is not, we tell you why.")
        text %= {"issue": issue_words(issue)}
    else:
        text = _(
            "What has been published is in the next support mail that it can reach. If it is not, we tell you why."
        )
    return Step(
        top=pgettext("stamp", "mail"),
        on=tokyo_date(issue.send_at) if reaches else None,
        middle="" if reaches else pgettext("stamp", "monthly"),
        bottom=pgettext("stamp", "is sent"),
        title=_("Once a month, by mail"),
        text=text,
        todo=True,
    )


@dataclass(frozen=True)
class MonthRate:
    """How the promise was kept for the notices that were received in one month."""

    month: int
    rate: deadlines.Rate

    @property
    def words(self) -> str:
        return rate_chart.month_name(self.month)

    @property
    def share_words(self) -> str:
        return rate_chart.share_words(self.rate.share)

    @property
    def literal_words(self) -> str:
        return rate_chart.share_words(self.rate.literal_share)


@dataclass(frozen=True)
class Record:
    """How often the promise was kept in a fiscal year so far, month by month of receipt."""

    year: int
    total: deadlines.Rate
    months: list[MonthRate]
    has_samples: bool = False

    @property
    def share_words(self) -> str:
        """The total with one decimal, never rounded up to 100."""
        return f"{floor(self.total.share * 1000) / 10:g}%"

    @property
    def chart(self) -> SafeString:
        return rate_chart.rate_chart([(month.month, month.rate) for month in self.months])


def promise_record(today: date) -> Record | None:
    """The record of the fiscal year of `today`; None while no notice of it counts. One query.

    The figures are those of the desk, where the centre sees them in full.
    """
    total, months = figures.year_so_far(today)
    if not total.counted:
        return None
    return Record(
        year=fiscal_year(today),
        total=total.rate,
        months=[MonthRate(row.month, row.rate) for row in months if row.counted],
        has_samples=any(fact.notice.is_sample for fact in total.facts),
    )
