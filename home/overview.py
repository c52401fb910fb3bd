"""What the composed pages show: read from the floors below."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.query import PageQuerySet

from activities import deadlines, measures, queries
from activities.models import EventSession, MeasureKind
from activities.notices import queries as notice_queries
from center.opening import tokyo_date
from center.queries import opening_calendar
from center.visibility import publicly_visible
from home import models, plan_table  # models by module: the pages among them ask these reads
from home.promise import promise_record, promise_steps
from newsletter import mailed_issues
from newsletter.models import Issue

WEEK_SHOWN = 5
LATER_SHOWN = 5
DAYS_AHEAD = 31
SESSIONS_READ = 24
ANNOUNCEMENTS_SHOWN = 3
GRANTS_SHOWN = 3
CALLS_SHOWN = 4
POSTS_AMONG_CALLS = 2
FIELDS_SHOWN = 6
SERVICES_SHOWN = 5


def home_overview(page: "models.HomePage", request: HttpRequest) -> dict:
    """Everything on the notice board as it is at this moment, in the language of the page."""
    return board_at(timezone.now(), home=page, language=get_language() or queries.JAPANESE)


def board_at(now: datetime, *, home: "models.HomePage", language: str) -> dict:
    """The notice board at `now`: public pages only, days in Asia/Tokyo, as many queries whatever hangs on it."""
    today = tokyo_date(now)
    visible = publicly_visible(now=now)
    asked = {"now": now, "language": language, "visible": visible}
    posts = list(queries.open_match_posts(**asked).prefetch_related(None)[:POSTS_AMONG_CALLS])
    shown = _events(today, asked) | {
        "changed": list(queries.changed_events(**asked).prefetch_related(None)[:ANNOUNCEMENTS_SHOWN]),
        "grants": list(queries.closing_soon_grants(**asked).prefetch_related(None)[:GRANTS_SHOWN]),
        "calls": list(queries.calls(**asked)[: CALLS_SHOWN - len(posts)]),
        "posts": posts,
    }
    due_on = deadlines.due_on(now, notice_queries.policy_at(now).as_deadline_policy(), opening_calendar())
    newest_mail, issue = mailed_issues.newest_and_next(now=now)
    fields = sorted(queries.groups_by_field(**asked), key=lambda field: -field.group_count)
    return shown | {
        "today": today,
        "due_on": due_on,
        "next_mail": NextMail.of(issue, today) if issue else None,
        "newest_mail": NewestMail.of(newest_mail),
        "promise_steps": promise_steps(today, due_on, issue),
        "record": promise_record(today),
        "magazine": queries.magazine_issues(**asked).first(),
        "fields": fields[:FIELDS_SHOWN],
        "services": _services(home, visible),
        "has_samples": any(page.is_sample for page in _pages(shown)),
    }


def _events(today: date, asked: dict) -> dict[str, list[EventSession]]:
    """The sessions of this week (till Sunday), and those that begin after it within a month; one for each event."""
    last_on = today + timedelta(days=DAYS_AHEAD)
    sessions = queries.coming_sessions(one_per_event=True, last_on=last_on, **asked).exclude(page__state="cancelled")
    read = list(sessions.prefetch_related(None)[:SESSIONS_READ])
    week_end_on = today + timedelta(days=6 - today.weekday())
    week = [session for session in read if session.starts_on <= week_end_on]
    return {"week": week[:WEEK_SHOWN], "later": [row for row in read if row not in week][:LATER_SHOWN]}


@dataclass(frozen=True)
class NextMail:
    """The next monthly mail: what people call it, when it is sent, until when a page must be public to be in it."""

    words: str
    send_at: datetime
    cutoff_at: datetime
    days_left: int

    @classmethod
    def of(cls, issue: Issue, today: date) -> "NextMail":
        days_left = (tokyo_date(issue.send_at) - today).days
        return cls(mailed_issues.issue_words(issue), issue.send_at, issue.cutoff_at, days_left)


@dataclass(frozen=True)
class NewestMail:
    """The back number that was mailed last."""

    words: str
    slug: str
    mailed_on: date

    @classmethod
    def of(cls, issue: Issue | None) -> "NewestMail | None":
        return cls(mailed_issues.issue_words(issue), issue.slug, tokyo_date(issue.mailed_at)) if issue else None


def _pages(shown: dict[str, list]) -> Iterable:
    for rows in shown.values():
        yield from (row.page if isinstance(row, EventSession) else row for row in rows)


def _services(home: "models.HomePage", visible: PageQuerySet) -> list["models.StandardPage"]:
    """The pages below this home's page of services, in staff's order."""
    below = models.StandardPage.objects.filter(url_path__startswith=f"{home.url_path}services/", depth=home.depth + 2)
    public = below.filter(pk__in=visible.order_by().values("pk")).select_related("locale")
    return list(public.order_by("path")[:SERVICES_SHOWN])


def plan_overview(page: "models.PlanPage", request: HttpRequest) -> dict:
    """The plan's parts; `?actor=` chooses whose part of the table is shown, `?by=beneficiary` turns the table round."""
    now = timezone.now()
    visible = publicly_visible(now=now)
    language = get_language() or queries.JAPANESE
    table = plan_table.PlanTable(list(page.matrix.all()), actors=models.PlanActor)
    themes = models.StandardPage.objects.child_of(page).filter(pk__in=visible.order_by().values("pk"))
    parts = list(measures.parts_of(page, language=language, visible=visible))
    return {
        "points": [part for part in parts if part.kind == MeasureKind.POINT],
        "policies": plan_table.by_policy(parts),
        "done_counts": measures.tied_counts(visible=visible),
        "indicators": plan_table.with_charts(page.indicators.all()),
        "table": table,
        "themes": list(themes.select_related("locale").order_by("path")),
        "part": table.part(request.GET.get("actor", ""), by_beneficiary=request.GET.get("by") == "beneficiary"),
    }
