"""What a group finds behind its link: open notices with their clock, and earlier ones to begin from."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from activities.deadlines import countdown_words
from activities.kinds import NoticeKind
from activities.models import OPEN_STATES, GroupPage, Notice
from activities.notices import status_page
from activities.notices.groups import notices_of
from activities.notices.last_year import moved_days, nth_weekday
from activities.notices.tokens import token_of
from center.japanese.dates import weekday_word
from center.opening import tokyo_date
from center.visibility import publicly_visible

OPEN_SHOWN = 20
EARLIER_SHOWN = 6
MOST_EARLIER = 60
NAMES_SHOWN = 500


@dataclass(frozen=True)
class OpenRow:
    """One open notice of the group."""

    notice: Notice
    token: str
    tone: str
    left: str


@dataclass(frozen=True)
class EarlierRow:
    """One notice to begin from: when it was, and when it would be this year."""

    notice: Notice
    token: str
    tone: str
    state: str
    held_on: date | None
    rule: str
    moved_on: date | None


def shown(group: GroupPage, *, now: datetime, everything: bool = False) -> dict:
    """The group's notices for its page: open ones by due day, earlier ones by kind, newest first.

    Of the earlier ones EARLIER_SHOWN, with `everything` at most MOST_EARLIER. The queries do not grow with the rows.
    """
    today = tokyo_date(now)
    notices = notices_of(group).select_related("about_page")
    open_ones = list(notices.filter(state__in=OPEN_STATES).order_by("due_on", "received_at")[:OPEN_SHOWN])
    settled = notices.exclude(state__in=OPEN_STATES).exclude(kind__in=(NoticeKind.CHANGE, NoticeKind.CANCELLATION))
    most = MOST_EARLIER if everything else EARLIER_SHOWN
    found = list(settled.prefetch_related("sessions", "page_links__page__public_spans")[: most + 1])
    rows = [_earlier(notice, today=today, now=now) for notice in found[:most]]
    return {
        "open_rows": [
            OpenRow(
                notice,
                token_of(notice),
                status_page.TONES[notice.state],
                str(countdown_words(notice.due_on, today)) if notice.due_on else "",
            )
            for notice in open_ones
        ],
        "kinds": [
            (kind.label, of_kind)
            for kind in NoticeKind
            if (of_kind := [row for row in rows if row.notice.kind == kind])
        ],
        "has_more": len(found) > most and not everything,
    }


def _earlier(notice: Notice, *, today: date, now: datetime) -> EarlierRow:
    days = [tokyo_date(session.starts_at) for session in notice.sessions.all()]
    held_on = min(days, default=None)
    moved = moved_days(days, today=today)[days.index(held_on)] if held_on else None
    state, tone = status_page.shown_state(notice, now=now)
    return EarlierRow(
        notice=notice,
        token=token_of(notice),
        tone=tone,
        state=state,
        held_on=held_on,
        rule=rule_words(held_on) if held_on else "",
        moved_on=moved,
    )


def rule_words(day: date) -> str:
    """By which rule a day is moved: 5月の第2日曜日."""
    return _("%(nth)s %(weekday)s of month %(month)d") % {
        "nth": nth_weekday(day),
        "weekday": weekday_word(day, form="long"),
        "month": day.month,
    }


def names_of_groups(*, now: datetime) -> list[str]:
    """The names of the groups that the public sees, in the order of kana, for the form's list."""
    pages = GroupPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE)
    rows = publicly_visible(pages, now=now).order_by("kana_key", "pk")
    return list(rows.values_list("title", flat=True)[:NAMES_SHOWN])
