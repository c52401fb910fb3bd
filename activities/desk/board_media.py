"""Where a notice shall appear and whether it was told there, in two words for a row of the board.

The screen of one notice says it with reasons (activities.notices.media_states); a list asks only what is stored.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.carried import was_carried
from activities.forecast import ForecastVerdict, MailForecast
from activities.media import Medium
from activities.models import FacebookPost, FacebookState, Notice, NoticeMedium, NoticeState, StandDisplay

TROUBLE = (FacebookState.REFUSED, FacebookState.UNCERTAIN, FacebookState.GIVEN_UP)
NOT_YET = pgettext_lazy("medium", "not yet")
TOLD = {
    Medium.FACEBOOK: _("posted"),
    Medium.MAIL: _("mailed"),
    Medium.MAGAZINE: pgettext_lazy("magazine", "printed"),
    Medium.STANDS: _("on the stands"),
}


@dataclass(frozen=True)
class Stamp:
    """One medium of a row: its words and tone, and whether it was told there."""

    medium: Medium
    words: str | Promise
    tone: str = ""
    is_done: bool = False


def with_media(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """The same notices with what `stamps` reads, in the same query."""

    def mark(medium: Medium) -> Exists:
        return Exists(NoticeMedium.objects.filter(notice=OuterRef("pk"), medium=medium, done_at__isnull=False))

    carried = Exists(Notice.objects.filter(pk=OuterRef("pk")).filter(was_carried()))
    return notices.annotate(
        is_mailed=Q(mark(Medium.MAIL)) | Q(carried),
        is_printed=mark(Medium.MAGAZINE),
        is_at_stands=Q(mark(Medium.STANDS)) | Q(Exists(StandDisplay.objects.filter(notice=OuterRef("pk")))),
        has_post_trouble=Exists(FacebookPost.objects.filter(notice=OuterRef("pk"), state__in=TROUBLE)),
    )


def stamps(notice: Notice, mail: MailForecast | None) -> list[Stamp]:
    """The media that are wanted, or in which it was told, in their usual order."""
    wanted = {Medium.WEB.value, *(notice.media or [])}
    rows = [_stamp(notice, medium, mail) for medium in Medium]
    return [row for row in rows if row.medium.value in wanted or row.is_done]


def _stamp(notice: Notice, medium: Medium, mail: MailForecast | None) -> Stamp:
    if medium == Medium.WEB:
        if notice.state == NoticeState.PUBLISHED:
            return Stamp(medium, pgettext_lazy("medium", "public"), "good", True)
        return Stamp(medium, NOT_YET if notice.is_open else "–")
    told = {
        Medium.FACEBOOK: notice.facebook_posted_at is not None,
        Medium.MAIL: notice.is_mailed,
        Medium.MAGAZINE: notice.is_printed,
        Medium.STANDS: notice.is_at_stands,
    }
    if told[medium]:
        return Stamp(medium, TOLD[medium], "good", True)
    if notice.state in (NoticeState.DECLINED, NoticeState.WITHDRAWN):
        return Stamp(medium, "–")
    if medium == Medium.FACEBOOK and notice.has_post_trouble:
        return Stamp(medium, _("could not be posted"), "warn")
    if medium == Medium.MAIL and mail and mail.verdict != ForecastVerdict.NONE:
        return Stamp(medium, mail.words, mail.tone)
    return Stamp(medium, NOT_YET)
