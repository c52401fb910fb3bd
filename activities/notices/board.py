"""What the desk lists: the notices in the order of their due days, narrowed, searched and counted.

Notices are private: whoever calls has checked the permission. All days are days in Asia/Tokyo.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities import deadlines
from activities.kinds import NoticeKind
from activities.models import (
    OPEN_STATES,
    Consultation,
    MatchContact,
    Notice,
    NoticeEntry,
    NoticePage,
    NoticeState,
)
from center.japanese.folding import fold
from center.opening import day_end

CHANGES = (NoticeKind.CHANGE, NoticeKind.CANCELLATION)
MESSAGE_SEEN, FIELDS_EDITED = "message_seen", "fields"
"""Marks in the data of a history's line: a message that needs no answer, and what staff wrote anew."""
Kind = NoticeEntry.Kind


# What a notice waits for


class Waiting:
    """What a notice waits for, in the words of the desk."""

    READ = _("waits to be read")
    GROUP = _("waits for the group's answer")
    PAGE = _("waits for its page")
    PUBLISHING = _("waits to be published")
    APPLYING = _("waits until the page shows it")
    CHOOSING = _("waits for the page it is about")
    NOTHING = _("is done")


def waits_for(notice: Notice) -> Promise:
    """What has to happen next. Reads `notice.page_links`."""
    if not notice.is_open:
        return Waiting.NOTHING
    if notice.state == NoticeState.RETURNED:
        return Waiting.GROUP
    if notice.state == NoticeState.RECEIVED:
        return Waiting.READ
    if NoticeKind(notice.kind).changes_published:
        return Waiting.APPLYING if notice.about_page_id else Waiting.CHOOSING
    return Waiting.PUBLISHING if notice.page_links.all() else Waiting.PAGE


def due_words(notice: Notice, today: date) -> Promise | str:
    """本日, あと1日, 2日超過; 差戻し中 while the clock stands still; '' for a notice that is settled."""
    if notice.state == NoticeState.RETURNED:
        return _("returned to the group")
    if not notice.is_open or notice.due_on is None:
        return ""
    return deadlines.countdown_words(notice.due_on, today)


def goes_live_late(notice: Notice) -> bool:
    """Is a page of this open notice to go live only after the due day? Reads `notice.page_links` and their pages."""
    if not notice.is_open or notice.due_on is None:
        return False
    waiting = [link.page for link in notice.page_links.all() if not link.page.live and link.page.go_live_at]
    return any(page.go_live_at >= day_end(notice.due_on) for page in waiting)


# Words that came in and wait


def _said_by_centre() -> Q:
    """The lines with which staff answered a message, or said that it needs no answer."""
    words = Q(kind=Kind.MESSAGE_OUT) & ~Q(data__has_key="reminder")
    return words | Q(kind__in=(Kind.RETURNED, Kind.DECLINED, Kind.WITHDRAWN)) | Q(data__field=MESSAGE_SEEN)


def _worked_on() -> Q:
    """The lines with which staff went on after an answer."""
    words = Q(kind=Kind.MESSAGE_OUT) & ~Q(data__has_key="reminder")
    return words | Q(kind__in=(Kind.RETURNED, Kind.PAGE_MADE)) | Q(data__field__in=(MESSAGE_SEEN, FIELDS_EDITED))


def _came_after(kind: str, answered: Q) -> Exists:
    """Whether a line of that kind was written after the last line that answers it."""
    entries = NoticeEntry.objects.filter(answered, notice=OuterRef("notice")).order_by("-pk").values("pk")[:1]
    last = Coalesce(Subquery(entries), Value(0), output_field=BigIntegerField())
    came = NoticeEntry.objects.filter(notice=OuterRef("pk"), kind=kind)
    return Exists(came.annotate(last=last).filter(pk__gt=F("last")))


def has_message() -> Exists:
    """For a notice: did its group write something that nobody has answered?"""
    return _came_after(Kind.MESSAGE_IN, _said_by_centre())


def has_answer() -> Exists:
    """For a notice: did its group answer a return, and nobody has gone on from there?"""
    return _came_after(Kind.ANSWERED, _worked_on())


def waiting_words(notices: Iterable[Notice]) -> tuple[set[int], set[int]]:
    """The notices (pk) with a message not yet answered, and those with an answer nobody went on from. One query."""
    pks = [notice.pk for notice in notices]
    rows = Notice.objects.filter(pk__in=pks).annotate(has_message=has_message(), has_answer=has_answer())
    found = list(rows.values_list("pk", "state", "has_message", "has_answer"))
    messages = {pk for pk, _state, message, _answer in found if message}
    return messages, {pk for pk, state, _message, answer in found if answer and state == NoticeState.REVIEWING}


# The board


OVERDUE, TODAY, TOMORROW, WEEK = "overdue", "today", "tomorrow", "week"
"""The choices of the due day."""


WAITS: dict[str, Q] = {
    "read": Q(state=NoticeState.RECEIVED),
    "group": Q(state=NoticeState.RETURNED),
    "page": Q(state=NoticeState.REVIEWING, page_links__isnull=True) & ~Q(kind__in=CHANGES),
    "publishing": Q(state=NoticeState.REVIEWING, page_links__isnull=False) & ~Q(kind__in=CHANGES),
    "applying": Q(state=NoticeState.REVIEWING, kind__in=CHANGES, about_page__isnull=False),
    "choosing": Q(state=NoticeState.REVIEWING, kind__in=CHANGES, about_page__isnull=True),
}
"""What a notice waits for, as the list is narrowed by it; "message" and "answer" ask the history."""


def due_between(due: str, today: date) -> Q:
    """Open notices whose due day is past, today, tomorrow, or from today to Sunday."""
    is_open = Q(state__in=OPEN_STATES)
    sunday = today + timedelta(days=6 - today.weekday())
    days = {
        OVERDUE: Q(due_on__lt=today),
        TODAY: Q(due_on=today),
        TOMORROW: Q(due_on=today + timedelta(days=1)),
        WEEK: Q(due_on__gte=today, due_on__lte=sunday),
    }
    return is_open & days[due] if due in days else Q()


def board(
    *,
    state: str = "open",
    kind: str = "",
    assigned_to: int | None = None,
    is_unassigned: bool = False,
    channel: str = "",
    medium: str = "",
    due: str = "",
    waits: str = "",
    search: str = "",
    today: date | None = None,
    held: bool = False,
) -> QuerySet[Notice]:
    """The notices of the desk: open ones first, cancellations before all others, then by due day; returned ones (no
    due day) after those with one; settled ones last, newest first.

    `state` is one of the states, "open" (all open ones), "late_return" (returned after the due day) or "all"; `search`
    looks in number, title, group, contact, phone and text, in any width and script of kana. `due` (with `today`) and
    `waits` narrow by the words of the desk. Those that may come from a machine are left out; with `held` they alone
    are listed.
    """
    notices = Notice.objects.select_related("assigned_to", "group").annotate(
        settled_last=Case(When(state__in=OPEN_STATES, then=Value(0)), default=Value(1), output_field=IntegerField()),
        cancellations_first=Case(
            When(kind=NoticeKind.CANCELLATION, state__in=OPEN_STATES, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        ),
    )
    notices = notices.filter(held_at__isnull=not held)
    if state == "open":
        notices = notices.filter(state__in=OPEN_STATES)
    elif state == "late_return":
        notices = notices.filter(late_return=True)
    elif state != "all":
        notices = notices.filter(state=state)
    if kind:
        notices = notices.filter(kind=kind)
    if assigned_to:
        notices = notices.filter(assigned_to_id=assigned_to)
    if is_unassigned:
        notices = notices.filter(assigned_to__isnull=True)
    if channel:
        notices = notices.filter(channel=channel)
    if medium:
        notices = notices.annotate(media_words=Cast("media", TextField())).filter(media_words__contains=f'"{medium}"')
    if due and today:
        notices = notices.filter(due_between(due, today))
    notices = _waiting(notices, waits)
    if search.strip():
        notices = notices.filter(pk__in=_found(notices, search))
    return notices.order_by(
        "settled_last",
        "cancellations_first",
        F("settled_at").desc(nulls_last=True),
        F("due_on").asc(nulls_last=True),
        "received_at",
        "pk",
    )


def with_pages(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """The same notices with sessions and pages, in two more queries."""
    links = NoticePage.objects.select_related("page")
    return notices.prefetch_related("sessions", Prefetch("page_links", queryset=links))


def _waiting(notices: QuerySet[Notice], waits: str) -> QuerySet[Notice]:
    if waits == "message":
        return notices.filter(has_message())
    if waits == "answer":
        return notices.filter(has_answer(), state=NoticeState.REVIEWING)
    if waits in WAITS:
        return notices.filter(pk__in=Notice.objects.filter(WAITS[waits]).values("pk"))
    return notices


SEARCHED = ("number", "title", "group_name", "contact_name", "contact_email", "contact_phone", "text")


def _found(notices: QuerySet[Notice], search: str) -> list[int]:
    """The notices in which every word stands, however it is written: the database cannot fold, so it is done here.

    One query; a phone number is found with hyphens and without.
    """
    words = fold(search).split()
    rows = notices.order_by().values_list("pk", *SEARCHED)
    return [pk for pk, *texts in rows.iterator() if _stands_in(words, texts)]


def _stands_in(words: list[str], texts: list[str]) -> bool:
    folded = fold("\n".join(texts))
    without = folded.replace("-", "")
    return all(word in folded or _is_figures(word) and word.replace("-", "") in without for word in words)


def _is_figures(word: str) -> bool:
    return word.replace("-", "").isdigit()


def board_counts(*, today: date) -> dict[str, int]:
    """How many notices are late, due, wait for an answer of the centre, or may come from a machine; and how many
    consultations and contacts about matching are open. One query.

    Keys: open, overdue, today, tomorrow, answer, message, held, consultations, contacts.
    """
    is_open = Notice.objects.filter(state__in=OPEN_STATES)
    is_real = Notice.objects.filter(held_at__isnull=True)
    wanted = {
        "open": is_real.filter(state__in=OPEN_STATES),
        "overdue": is_real.filter(due_between(OVERDUE, today)),
        "today": is_real.filter(due_between(TODAY, today)),
        "tomorrow": is_real.filter(due_between(TOMORROW, today)),
        "answer": is_real.filter(has_answer(), state=NoticeState.REVIEWING),
        "message": is_real.filter(has_message()),
        "held": is_open.filter(held_at__isnull=False),
        "consultations": Consultation.objects.filter(state__in=Consultation.OPEN_STATES),
        "contacts": MatchContact.objects.filter(state__in=MatchContact.OPEN_STATES),
    }
    parts = [
        rows.order_by().annotate(what=Value(name, output_field=CharField())).values("what").annotate(count=Count("pk"))
        for name, rows in wanted.items()
    ]
    found = dict(parts[0].union(*parts[1:], all=True).values_list("what", "count"))
    return {name: found.get(name, 0) for name in wanted}


def with_words(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """The same notices with what a row of the board says of its history."""
    return notices.annotate(has_message=has_message(), has_answer=has_answer())


def board_page(notices: QuerySet[Notice], *, first: int, count: int) -> tuple[list[Notice], int]:
    """`count` notices from `first` on, and how many there are in all, in one query.

    Past the end the list is empty, and the second number is 0 although there are some.
    """
    found = list(notices.annotate(total=Window(Count("pk")))[first : first + count])
    return found, found[0].total if found else 0


def due_soon(*, today: date, days: int = 1, limit: int = 8) -> list[Notice]:
    """The open notices that are due by `today` + `days`, overdue ones too, earliest first."""
    return list(board().filter(due_on__lte=today + timedelta(days=days))[:limit])


def open_count() -> int:
    """How many notices are open, those that are held left out."""
    return Notice.objects.filter(state__in=OPEN_STATES, held_at__isnull=True).count()


def held_count() -> int:
    """How many notices wait for staff to say whether a person or a machine sent them."""
    return Notice.objects.filter(state__in=OPEN_STATES, held_at__isnull=False).count()
