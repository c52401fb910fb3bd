"""Where a notice appears, in the words that its group reads: what will be done and why, and what is done."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from activities.forecast import ForecastVerdict, MailForecast
from activities.media import Verdict
from activities.models import Notice
from activities.notices.media_states import MediumState
from center.japanese.dates import day_words, time_words
from center.opening import tokyo_date

PROMISED = {Verdict.YES: "good", Verdict.FIRST: "good", Verdict.CANDIDATE: "", Verdict.WAITING: "", Verdict.ASK: "warn"}
"""What is said of a medium before anything is known of it, and the tone of its stamp."""


@dataclass(frozen=True)
class MediumRow:
    """One medium with its stamp and its reason; where, when and at which address once it is done."""

    name: str
    words: str
    tone: str
    reason: str
    place: str = ""
    at: str = ""
    url: str = ""


def medium_rows(states: list[MediumState], *, is_over: bool = False) -> list[MediumRow]:
    """Every medium of one notice, in the order of Medium. `is_over`: what was not told until now never will be."""
    return [_row(state, is_over) for state in states]


def mail_reason(notice: Notice, mail: MailForecast) -> str:
    """Why the mail will carry it, or not: what the mail itself says, else how the due day meets the cutoff; or ""."""
    if mail.reason or mail.verdict != ForecastVerdict.PLANNED or not (notice.due_on and mail.cutoff_at):
        return mail.reason
    if not notice.is_open or notice.due_on > tokyo_date(mail.cutoff_at):
        return ""
    return _("The day by which it is published (%(due)s) comes by the day of the cutoff (%(cutoff)s).") % {
        "due": day_words(notice.due_on),
        "cutoff": mail.cutoff_words,
    }


def _row(state: MediumState, is_over: bool) -> MediumRow:
    if is_over and state.is_open:
        return MediumRow(name=str(state.medium.label), words=_("was not told there"), tone="", reason="")
    words, tone = state.words, state.tone
    verdict = state.proposal.verdict if state.proposal else None
    if state.is_open and words == pgettext("medium", "not yet") and verdict in PROMISED:
        words, tone = str(verdict.label), PROMISED[verdict]
    is_silent = state.is_done or state.is_refused or not (state.is_wanted or state.is_overruled)
    return MediumRow(
        name=str(state.medium.label),
        words=words,
        tone=tone,
        reason="" if is_silent else state.reason,
        place=state.place,
        at=day_words(state.done_at) + time_words(state.done_at) if state.is_done and state.done_at else "",
        url=state.url,
    )
