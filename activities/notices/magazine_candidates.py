"""広報誌の候補: what the next magazine may tell of, what its editors chose, passed over, and printed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from activities.deadline_words import deadline_words
from activities.kinds import NoticeKind
from activities.media import Medium, Verdict
from activities.models import MagazineIndexPage, Notice, NoticeEntry, NoticeMedium, NoticeSession, NoticeState
from activities.notices.errors import NotOpen, ReasonMissing
from activities.notices.history import add_entry, locked
from activities.notices.media_marks import REASON_LENGTH, overrule_medium
from activities.notices.media_states import MediumState, media_states
from activities.queries import next_magazine_on
from center.japanese.dates import period_words
from center.models import User
from center.opening import tokyo_date

REFUSED = (NoticeState.DECLINED, NoticeState.WITHDRAWN)
CHANGES = (NoticeKind.CHANGE, NoticeKind.CANCELLATION)
LOOK_BACK = timedelta(days=200)
"""Older notices are no candidates any more; the magazine appears four times a year."""
TEXT_LENGTH = 400


class Stage(TextChoices):
    """Where a candidate stands."""

    CANDIDATE = "candidate", pgettext_lazy("magazine", "candidate")
    CHOSEN = "chosen", pgettext_lazy("magazine", "chosen")
    PASSED = "passed", pgettext_lazy("magazine", "passed over")
    PRINTED = "printed", pgettext_lazy("magazine", "printed")


TONES = {Stage.CANDIDATE: "", Stage.CHOSEN: "now", Stage.PASSED: "", Stage.PRINTED: "good"}


@dataclass(frozen=True)
class Candidate:
    """One notice with its stage; `reason` is the staff's own where it was passed over, else that of the proposal."""

    notice: Notice
    stage: Stage
    reason: str
    state: MediumState
    place: str = ""
    url: str = ""

    @property
    def tone(self) -> str:
        return TONES[self.stage]

    @property
    def is_too_late(self) -> bool:
        """Does the proposal say that it is over before the magazine appears?"""
        is_waiting = self.stage in (Stage.CANDIDATE, Stage.CHOSEN)
        return is_waiting and self.state.proposal is not None and self.state.proposal.verdict == Verdict.NO

    @property
    def when_words(self) -> str:
        """All sessions in words, else the deadline; "" where there is neither."""
        sessions = [_session_words(session) for session in self.notice.sessions.all()]
        if sessions:
            return "、".join(sessions)
        deadline = deadline_words(self.notice.deadline_on, self.notice.deadline_time)
        return deadline if self.notice.deadline_on else ""


@dataclass(frozen=True)
class NextMagazine:
    """The issue that is prepared: its day by the cadence (None without one), and until when people may contribute."""

    on: date | None
    contributions: str
    note: str


def _session_words(session: NoticeSession) -> str:
    return period_words(session.starts_at, session.ends_at, session.is_all_day)


# Reads


def coming_magazine(*, now: datetime) -> NextMagazine:
    """The next issue by the cadence on the magazine's page."""
    shelf = MagazineIndexPage.objects.filter(locale__language_code="ja").order_by("path").first()
    today = tokyo_date(now)
    note, contributions = (shelf.cadence_note, shelf.contributions_text) if shelf else ("", "")
    return NextMagazine(next_magazine_on(today), contributions, note)


def candidates(*, now: datetime, stage: str = "") -> list[Candidate]:
    """Every notice of the last months that the magazine may tell of: proposed, wished, chosen, passed over, printed.

    In the order of receipt, oldest first; `stage` keeps one of them. The number of queries does not grow with the list.
    """
    lately = Notice.objects.filter(received_at__gte=now - LOOK_BACK, held_at=None).exclude(state__in=REFUSED)
    notices = list(lately.exclude(kind__in=CHANGES).order_by("received_at", "pk"))
    marks = {mark.notice_id: mark for mark in NoticeMedium.objects.filter(medium=Medium.MAGAZINE, notice__in=notices)}
    states = media_states(notices, now=now)
    found = []
    for notice in notices:
        by_medium = {state.medium: state for state in states[notice.pk]}
        row = _candidate(notice, by_medium[Medium.MAGAZINE], marks.get(notice.pk), by_medium[Medium.WEB].url)
        if row is not None and stage in ("", row.stage):
            found.append(row)
    return found


def _candidate(notice: Notice, state: MediumState, mark: NoticeMedium | None, url: str) -> Candidate | None:
    if state.is_done:
        return Candidate(notice, Stage.PRINTED, state.reason, state, place=state.place, url=url)
    if mark and mark.is_in is False:
        return Candidate(notice, Stage.PASSED, mark.reason, state, url=url)
    if mark and mark.accepted_at and state.is_wanted:
        return Candidate(notice, Stage.CHOSEN, state.reason, state, url=url)
    is_proposed = state.proposal is not None and state.proposal.verdict in (Verdict.YES, Verdict.CANDIDATE)
    return Candidate(notice, Stage.CANDIDATE, state.reason, state, url=url) if state.is_wanted or is_proposed else None


def as_text(rows: list[Candidate], *, day_of: str) -> str:
    """The list as plain text for whoever makes the magazine: one block for each, to be pasted."""
    head = _("Candidates for the magazine") + (f"（{day_of}）" if day_of else "")
    blocks = [head, *(_block(number, row) for number, row in enumerate(rows, start=1))]
    return "\n\n".join(blocks) + "\n"


def _block(number: int, row: Candidate) -> str:
    notice = row.notice
    facts = (
        (_("State"), f"{row.stage.label}{'　' + row.place if row.place else ''}"),
        (pgettext("notice", "Group"), notice.group_name),
        (pgettext("notice", "When"), row.when_words),
        (pgettext("notice", "Where"), notice.venue_name),
        (pgettext("notice", "Fee"), notice.fee or (_("free of charge") if notice.is_free else "")),
        (_("Contact that readers see"), notice.public_contact),
        (pgettext("notice", "Page"), settings.SITE_URL + row.url if row.url.startswith("/") else row.url),
        (pgettext("notice", "Reason"), row.reason),
    )
    lines = [f"{number}. {notice.title}（{notice.number}・{notice.get_kind_display()}）"]
    lines += [f"{label}：{words}" for label, words in facts if words]
    text = " ".join(notice.text.split())
    lines.append(text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…")
    return "\n".join(line for line in lines if line)


# Writes


def choose_candidate(*, notice: Notice, by: User | None, now: datetime) -> None:
    """The editors of the magazine take it. One that was not wished, or passed over, is taken in. Raises NotOpen."""
    with transaction.atomic():
        row = locked(notice)
        if row.state in REFUSED:
            raise NotOpen(row.number)
        if Medium.MAGAZINE.value not in (row.media or []):
            _forget_pass(row)
            reason = _("The magazine would like to tell of it.")
            overrule_medium(notice=row, medium=Medium.MAGAZINE, is_in=True, reason=reason, by=by, now=now)
        mark, _made = NoticeMedium.objects.get_or_create(notice=row, medium=Medium.MAGAZINE)
        if mark.accepted_at is None:
            mark.accepted_at, mark.accepted_by = now, by
            mark.save(update_fields=["accepted_at", "accepted_by"])
            _note(row, is_accepted=True, by=by, now=now)
    notice.refresh_from_db()


def release_candidate(*, notice: Notice, by: User | None, now: datetime) -> None:
    """It is a mere candidate again: chosen or passed over by mistake. Safe to repeat."""
    with transaction.atomic():
        row = locked(notice)
        mark = NoticeMedium.objects.filter(notice=row, medium=Medium.MAGAZINE).first()
        if mark is None:
            return
        if mark.is_in is False:
            if mark.was_wished:
                overrule_medium(
                    notice=row, medium=Medium.MAGAZINE, is_in=True, reason=_("It is looked at again."), by=by, now=now
                )
            else:
                _forget_pass(row)
        elif mark.accepted_at:
            mark.accepted_at, mark.accepted_by = None, None
            mark.save(update_fields=["accepted_at", "accepted_by"])
            _note(row, is_accepted=False, by=by, now=now)
    notice.refresh_from_db()


def pass_over(*, notice: Notice, reason: str, by: User | None, now: datetime) -> None:
    """Do not take it, with a reason. Where the group wished it, the group reads the reason. Raises ReasonMissing."""
    reason = reason.strip()[:REASON_LENGTH]
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        row = locked(notice)
        NoticeMedium.objects.filter(notice=row, medium=Medium.MAGAZINE).update(accepted_at=None, accepted_by=None)
        if Medium.MAGAZINE.value in (row.media or []):
            overrule_medium(notice=row, medium=Medium.MAGAZINE, is_in=False, reason=reason, by=by, now=now)
        mark, _made = NoticeMedium.objects.get_or_create(notice=row, medium=Medium.MAGAZINE)
        if mark.is_in is not False:  # nobody wished it, so nothing was overruled
            mark.was_wished, mark.is_in, mark.reason = False, False, reason
            mark.decided_by, mark.decided_at = by, now
            mark.save()
    notice.refresh_from_db()


def _forget_pass(row: Notice) -> None:
    nothing = {"is_in": None, "was_wished": None, "reason": "", "decided_by": None, "decided_at": None}
    NoticeMedium.objects.filter(notice=row, medium=Medium.MAGAZINE, is_in=False, was_wished=False).update(**nothing)


def _note(row: Notice, *, is_accepted: bool, by: User | None, now: datetime) -> None:
    data = {"field": "magazine", "is_accepted": is_accepted}
    add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data=data)
