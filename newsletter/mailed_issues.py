"""Reads about issues for the public: what has been mailed, and which comes next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language

from center.japanese.dates import ENGLISH, JAPANESE, MONTHS_EN
from center.opening import TOKYO, fiscal_year, tokyo_date
from newsletter.models import DONE_STATES, BackNumberNote, Issue, IssueKind, IssueState, Rendering
from newsletter.slots import TOKEN_SLOT, personal_url

COMING_STATES = (IssueState.DRAFT, IssueState.FROZEN, IssueState.APPROVED, IssueState.SCHEDULED)
BEGUN_STATES = (IssueState.SENDING, IssueState.PAUSED, IssueState.CANCELLED)
MAILED_AT = Coalesce("sending_started_at", "sent_at", "send_at")


def mailed_issues() -> QuerySet[Issue]:
    """The back numbers: issues that went to anybody, newest first, with `mailed_at` (when sending began).

    An issue is public from the moment sending begins: the first readers may follow its link while the last ones still
    wait. One that was cancelled halfway stays, because it was mailed; one that never began is never shown.
    """
    begun = Q(state__in=BEGUN_STATES, sending_started_at__isnull=False)
    mailed = Issue.objects.filter(Q(state__in=DONE_STATES) | begun)
    return mailed.annotate(mailed_at=MAILED_AT).order_by("-mailed_at", "-number")


def mailed_issue(slug: str) -> Issue | None:
    """One back number with its dated notes, oldest first; None for an issue that was not mailed."""
    notes = Prefetch("notes", queryset=BackNumberNote.objects.select_related("item"))
    return mailed_issues().filter(slug=slug).prefetch_related(notes).first()


def mailed_in_fiscal_year(year: int) -> QuerySet[Issue]:
    """The back numbers mailed from 1 April of `year` to 31 March of the next (Tokyo), newest first."""
    first, last = (datetime(y, 4, 1, tzinfo=TOKYO) for y in (year, year + 1))
    return mailed_issues().filter(mailed_at__gte=first, mailed_at__lt=last)


def fiscal_years() -> list[int]:
    """The fiscal years that have a back number, newest first."""
    mailed = mailed_issues().values_list("mailed_at", flat=True)
    return sorted({fiscal_year(tokyo_date(at)) for at in mailed}, reverse=True)


def next_issue(*, now: datetime) -> Issue | None:
    """The monthly issue that is sent next, as far as it is drafted."""
    coming = Issue.objects.filter(kind=IssueKind.REGULAR, state__in=COMING_STATES, send_at__gt=now)
    return coming.order_by("send_at").first()


def newest_and_next(*, now: datetime) -> tuple[Issue | None, Issue | None]:
    """The back number that was mailed last (with `mailed_at`), and `next_issue`, in one query."""
    coming = Issue.objects.filter(kind=IssueKind.REGULAR, state__in=COMING_STATES, send_at__gt=now)
    following, newest = coming.order_by("send_at").values("pk")[:1], mailed_issues().values("pk")[:1]
    found = Issue.objects.filter(Q(pk=Subquery(following)) | Q(pk=Subquery(newest))).annotate(mailed_at=MAILED_AT)
    return (
        next((issue for issue in found if issue.state not in COMING_STATES), None),
        next((issue for issue in found if issue.state in COMING_STATES), None),
    )


def issue_words(issue: Issue, language: str | None = None) -> str:
    """What people call an issue: 12月号, 臨時号; December issue, extra issue."""
    if (language or get_language() or JAPANESE) == ENGLISH:
        return "extra issue" if issue.kind == IssueKind.EXTRA else f"{MONTHS_EN[issue.month - 1]} issue"
    return "臨時号" if issue.kind == IssueKind.EXTRA else f"{issue.month}月号"


@dataclass(frozen=True)
class Reading:
    """What a back number shows: its subject and body as they were mailed, and the language they are in."""

    subject: str
    html: str
    text: str
    language: str


def reading(issue: Issue, language: str) -> Reading | None:
    """The rendering in that language, or the Japanese one; None where the issue has none at all.

    No personal link: where one stood is the page for signing up.
    """
    found = {row.locale: row for row in Rendering.objects.filter(issue=issue, locale__in={language, JAPANESE})}
    row = found.get(language) or found.get(JAPANESE)
    if row is None:
        return None
    return Reading(subject=row.subject, html=_impersonal(row.web_html), text=_impersonal(row.text), language=row.locale)


def subjects(issues: list[Issue], language: str) -> dict[int, str]:
    """By issue: the subject in that language; only of issues that were mailed in it. One query."""
    return dict(Rendering.objects.filter(issue__in=issues, locale=language).values_list("issue_id", "subject"))


def _impersonal(words: str) -> str:
    return words.replace(personal_url(), reverse("mail-signup")).replace(TOKEN_SLOT, "")
