"""How far a notice is in each medium: what is proposed and why, what was wished and decided, whether it is done.

For a whole list in a bounded number of queries. Notices are private: whoever calls has checked the permission.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from activities.carried import Carried, carried_in
from activities.forecast import ForecastVerdict, MailForecast, forecast
from activities.kinds import NoticeKind
from activities.media import Medium, Proposal, Verdict
from activities.models import (
    FacebookPost,
    FacebookState,
    Notice,
    NoticeMedium,
    NoticeState,
    StandDisplay,
)
from activities.notices.queries import media_proposals
from activities.queries import next_magazine_on
from center.models import User
from center.opening import tokyo_date
from center.visibility import publicly_visible

REFUSED = (NoticeState.DECLINED, NoticeState.WITHDRAWN)
CHANGES = (NoticeKind.CHANGE, NoticeKind.CANCELLATION)
POST_TONES = {
    FacebookState.WAITING: "now",
    FacebookState.POSTING: "now",
    FacebookState.REFUSED: "warn",
    FacebookState.UNCERTAIN: "warn",
    FacebookState.GIVEN_UP: "warn",
}


@dataclass(frozen=True)
class MediumState:
    """One medium of one notice. `words` and `tone` are those of its stamp, `reason` why it is proposed or decided so.

    `is_wanted`: it is among the notice's media, or (stands, for a change) a flyer has to come down. `was_wished`: what
    the group asked for. `url` is where it can be read, "" where nowhere.
    """

    medium: Medium
    is_wanted: bool
    is_done: bool
    done_at: datetime | None
    words: str
    tone: str
    reason: str
    url: str = ""
    proposal: Proposal | None = None
    was_wished: bool = False
    is_overruled: bool = False
    decided_by: User | None = None
    decided_at: datetime | None = None
    place: str = ""
    done_by: User | None = None
    is_automatic: bool = False
    is_refused: bool = False

    @property
    def is_open(self) -> bool:
        """Wanted, and still to be done."""
        return self.is_wanted and not self.is_done and not self.is_refused


@dataclass(frozen=True)
class _Known:
    """What is read once for the whole list, by the notice's number in the database."""

    marks: dict[int, dict[str, NoticeMedium]]
    posts: dict[int, FacebookPost]
    carried: dict[int, Carried]
    mails: dict[int, MailForecast]
    addresses: dict[int, str]
    displays: dict[int, list[StandDisplay]]


def media_states(
    notices: Iterable[Notice], *, proposals: dict[int, dict[Medium, Proposal]] | None = None, now: datetime
) -> dict[int, list[MediumState]]:
    """Every medium of every notice, in the order of Medium, by the notice's number in the database.

    `proposals` where the caller has them already. The number of queries does not grow with the list.
    """
    notices = list(notices)
    if not notices:
        return {}
    prefetch_related_objects(notices, "sessions", "attachments", "page_links")
    mails = forecast([*notices, _newcomer(now)], now=now)
    next_mail = mails.pop(0, None)
    if proposals is None:
        magazine_on = next_magazine_on(tokyo_date(now))
        sends = {notice.pk: mails.get(notice.pk) for notice in notices}
        sends = {pk: mail if mail and mail.send_at else next_mail for pk, mail in sends.items()}
        proposals = {
            notice.pk: media_proposals(
                notice,
                next_send_at=sends[notice.pk].send_at if sends[notice.pk] else None,
                magazine_on=magazine_on,
            )
            for notice in notices
        }
    known = _read(notices, mails, now)
    return {
        notice.pk: [_state(notice, medium, proposal, known) for medium, proposal in proposals[notice.pk].items()]
        for notice in notices
    }


def _newcomer(now: datetime) -> Notice:
    """A notice for the mail that comes just now: its mail is the next one, also for those that do not wish any."""
    return Notice(pk=0, kind=NoticeKind.OTHER, media=[Medium.MAIL.value], received_at=now)


def _read(notices: list[Notice], mails: dict[int, MailForecast], now: datetime) -> _Known:
    marks: dict[int, dict[str, NoticeMedium]] = {}
    for mark in NoticeMedium.objects.filter(notice__in=notices).select_related("done_by", "decided_by"):
        marks.setdefault(mark.notice_id, {})[mark.medium] = mark
    posts = {
        post.notice_id: post for post in FacebookPost.objects.filter(notice__in=notices).order_by("queued_at", "pk")
    }
    return _Known(marks, posts, carried_in(notices), mails, _addresses(notices, now), _displays(notices))


def _page_ids(notice: Notice) -> list[int]:
    """The pages of a notice, the one made from it first; for a change the one it is about."""
    links = sorted(notice.page_links.all(), key=lambda link: (not link.is_main, link.pk))
    about = [notice.about_page_id] if notice.kind in CHANGES and notice.about_page_id else []
    return [*about, *(link.page_id for link in links)]


def _addresses(notices: list[Notice], now: datetime) -> dict[int, str]:
    """The address of the first page of each notice that everybody may read now."""
    wanted = {page_id for notice in notices for page_id in _page_ids(notice)}
    pages = {page.pk: page for page in publicly_visible(Page.objects.filter(pk__in=wanted), now=now)}
    found = {}
    for notice in notices:
        page = next((pages[pk] for pk in _page_ids(notice) if pk in pages), None)
        if page:
            found[notice.pk] = page.get_url() or ""
    return found


def _displays(notices: list[Notice]) -> dict[int, list[StandDisplay]]:
    """Flyers at the stands: a notice's own; for a change those of the notices whose page it is about, still up."""
    own = Q(notice__in=notices)
    about = {notice.about_page_id for notice in notices if notice.kind in CHANGES and notice.about_page_id}
    of_pages = Q(notice__page_links__page_id__in=about)
    rows = StandDisplay.objects.filter(own | of_pages).select_related("stand").prefetch_related("notice__page_links")
    found: dict[int, list[StandDisplay]] = {}
    rows = list(rows.order_by("put_up_on", "pk").distinct())
    for notice in notices:
        for row in rows:
            pages = {link.page_id for link in row.notice.page_links.all()}
            is_about = notice.kind in CHANGES and notice.about_page_id in pages and row.notice_id != notice.pk
            if row.notice_id == notice.pk or is_about:
                found.setdefault(notice.pk, []).append(row)
    return found


def _state(notice: Notice, medium: Medium, proposal: Proposal, known: _Known) -> MediumState:
    mark = known.marks.get(notice.pk, {}).get(medium.value)
    is_wanted = medium.value in (notice.media or [])
    facts = {
        "is_wanted": is_wanted,
        "was_wished": is_wanted if mark is None or mark.was_wished is None else mark.was_wished,
        "is_overruled": bool(mark and mark.is_overruled),
        "decided_by": mark.decided_by if mark else None,
        "decided_at": mark.decided_at if mark else None,
        "reason": mark.reason if mark and mark.is_overruled else str(proposal.reason),
        "is_refused": notice.state in REFUSED,
        "is_done": False,
        "done_at": None,
    }
    columns = {
        Medium.WEB: _web,
        Medium.FACEBOOK: _facebook,
        Medium.MAIL: _mail,
        Medium.MAGAZINE: _by_hand,
        Medium.STANDS: _stands,
    }
    facts |= _words(notice, proposal, facts)
    facts |= columns[medium](notice, proposal, mark, known, facts)
    return MediumState(medium=medium, proposal=proposal, **facts)


def _words(notice: Notice, proposal: Proposal, facts: dict) -> dict:
    """The stamp as long as nothing is known of the medium itself."""
    if notice.state in REFUSED:
        return {"words": pgettext("medium", "will not be told"), "tone": ""}
    if not facts["is_wanted"]:
        is_left_out = facts["is_overruled"] and facts["was_wished"]
        return {"words": pgettext("medium", "left out") if is_left_out else _("not asked for"), "tone": ""}
    if proposal.verdict == Verdict.ASK and not facts["is_overruled"]:
        return {"words": str(proposal.verdict.label), "tone": "warn"}
    return {"words": pgettext("medium", "not yet"), "tone": "now"}


def _done(mark: NoticeMedium, words: str) -> dict:
    return {
        "is_done": True,
        "done_at": mark.done_at,
        "done_by": mark.done_by,
        "place": mark.place,
        "url": mark.url,
        "words": words,
        "tone": "good",
        "is_automatic": mark.done_by_id is None,
    }


def _web(notice: Notice, proposal: Proposal, mark, known: _Known, facts: dict) -> dict:
    url = known.addresses.get(notice.pk, "")
    if notice.state != NoticeState.PUBLISHED:
        return {}
    at = notice.applied_at if notice.kind in CHANGES else notice.public_since
    shown = {"is_done": True, "done_at": at, "url": url, "is_automatic": True}
    if not url and notice.kind not in CHANGES:
        return shown | {"words": pgettext("medium", "no longer shown"), "tone": "warn"}
    return shown | {"words": pgettext("medium", "public"), "tone": "good"}


def _facebook(notice: Notice, proposal: Proposal, mark, known: _Known, facts: dict) -> dict:
    if notice.facebook_posted_at:
        done = _done(mark, _("posted")) if mark and mark.done_at else {}
        told = {"is_done": True, "done_at": notice.facebook_posted_at, "url": notice.facebook_url}
        return done | told | {"words": _("posted"), "tone": "good"}
    post = known.posts.get(notice.pk)
    if post and post.state in POST_TONES and facts["is_wanted"] and not facts["is_refused"]:
        return {"words": str(post.get_state_display()), "tone": POST_TONES[post.state]}
    return {}


def _mail(notice: Notice, proposal: Proposal, mark, known: _Known, facts: dict) -> dict:
    if mark and mark.done_at:
        return _done(mark, _("mailed"))
    carried = known.carried.get(notice.pk)
    if carried:
        words = _("mailed in the %(issue)s") % {"issue": carried.issue}
        told = {"is_done": True, "done_at": carried.sent_at, "url": carried.url, "place": carried.issue}
        return told | {"words": words, "tone": "good", "is_automatic": True}
    mail = known.mails.get(notice.pk)
    if mail and facts["is_wanted"] and not facts["is_refused"] and mail.verdict != ForecastVerdict.NONE:
        return {"words": mail.words, "tone": mail.tone} | ({"reason": mail.reason} if mail.reason else {})
    return {}


def _by_hand(notice: Notice, proposal: Proposal, mark, known: _Known, facts: dict) -> dict:
    if mark and mark.done_at:
        return _done(mark, pgettext("magazine", "printed"))
    if mark and mark.accepted_at and facts["is_wanted"] and not facts["is_refused"]:
        return {"words": pgettext("magazine", "chosen"), "tone": "now"}
    return {}


def _stands(notice: Notice, proposal: Proposal, mark, known: _Known, facts: dict) -> dict:
    rows = known.displays.get(notice.pk, [])
    up = [row for row in rows if row.taken_down_on is None]
    if proposal.verdict == Verdict.TAKE_DOWN:
        if not rows:
            return {"is_wanted": False, "words": _("nothing on the stands"), "tone": "", "reason": str(proposal.reason)}
        where = "、".join(row.stand.name for row in (up or rows))
        if up:
            words = str(Verdict.TAKE_DOWN.label)
            return {"is_wanted": True, "words": words, "tone": "warn", "place": where, "reason": str(proposal.reason)}
        return {
            "is_wanted": True,
            "is_done": True,
            "words": pgettext("stands", "taken down"),
            "tone": "good",
            "place": where,
        }
    if rows:
        where = "、".join(dict.fromkeys(row.stand.name for row in rows))
        words = _("on the stands") if up else pgettext("stands", "taken down")
        return {"is_done": True, "words": words, "tone": "good" if up else "", "place": where}
    if mark and mark.done_at:
        return _done(mark, _("on the stands"))
    if facts["is_wanted"] and not facts["is_refused"] and proposal.verdict == Verdict.WAITING:
        return {"words": str(proposal.verdict.label)}
    return {}
