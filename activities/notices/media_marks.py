"""What staff decide about the media of a notice, and that it was told there.

`notice.media` stays the one truth of what is wanted, `notice.facebook_url` and `facebook_posted_at` that of Facebook.
Each service is one transaction and leaves a line in the history, which the group reads on its status page.
"""

from datetime import datetime

from django.db import transaction

from activities.facebook.addresses import post_address
from activities.media import Medium
from activities.models import FacebookPost, FacebookState, Notice, NoticeEntry, NoticeMedium, NoticeState
from activities.notices.errors import InTheFuture, NotOpen, ReasonMissing
from activities.notices.history import add_entry, locked
from activities.notices.media_errors import (
    BeforeReceipt,
    NotAFacebookAddress,
    NotPublicYet,
    NotWanted,
    PlaceMissing,
    WebIsAutomatic,
    WebStays,
)
from activities.notices.media_filter import not_done
from activities.notices.media_states import MediumState, media_states
from activities.notices.queries import wanted_media
from center.models import User
from center.opening import tokyo_date

REFUSED = (NoticeState.DECLINED, NoticeState.WITHDRAWN)
REASON_LENGTH = 300
PLACE_LENGTH = 120

__all__ = [
    "MediumState",
    "mark_medium",
    "media_states",
    "not_done",
    "overrule_medium",
    "undo_overrule",
    "unmark_medium",
]


def overrule_medium(
    *, notice: Notice, medium: Medium | str, is_in: bool, reason: str, by: User | None, now: datetime
) -> None:
    """Take a medium in, or leave it out, against the wish of the group; the group reads the reason.

    Deciding what the group wished anyway takes an earlier decision back. Safe to repeat. Raises ReasonMissing,
    NotOpen for a declined or withdrawn notice, WebStays for leaving out this site.
    """
    medium = Medium(medium)
    reason = reason.strip()[:REASON_LENGTH]
    if not reason:
        raise ReasonMissing
    if medium == Medium.WEB and not is_in:
        raise WebStays
    with transaction.atomic():
        row = locked(notice)
        if row.state in REFUSED:
            raise NotOpen(row.number)
        mark = _mark(row, medium)
        is_now = medium.value in (row.media or [])
        if is_now == is_in and (mark.is_in is None or mark.reason == reason):
            return
        wished = is_now if mark.was_wished is None else mark.was_wished
        if wished == is_in:
            _forget_decision(mark)
        else:
            mark.was_wished, mark.is_in, mark.reason = wished, is_in, reason
            mark.decided_by, mark.decided_at = by, now
        mark.save()
        _set_wanted(row, medium, is_in)
        data = {"field": "media", "medium": medium.value, "is_in": is_in}
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, text=reason, data=data)
    notice.refresh_from_db()


def undo_overrule(*, notice: Notice, medium: Medium | str, by: User | None, now: datetime) -> None:
    """Take a decision back: what the group wished holds again. Safe to repeat. Raises NotOpen."""
    medium = Medium(medium)
    with transaction.atomic():
        row = locked(notice)
        if row.state in REFUSED:
            raise NotOpen(row.number)
        mark = _mark(row, medium)
        if mark.is_in is None:
            return
        wished = bool(mark.was_wished)
        _forget_decision(mark)
        mark.save()
        _set_wanted(row, medium, wished)
        data = {"field": "media", "medium": medium.value, "is_in": wished, "is_undone": True}
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data=data)
    notice.refresh_from_db()


def mark_medium(
    *,
    notice: Notice,
    medium: Medium | str,
    done_at: datetime,
    place: str = "",
    url: str = "",
    by: User | None,
    now: datetime,
) -> None:
    """Note that a notice was told in a medium: when, where exactly, at which address. A second mark replaces the first.

    `by` is None where a machine did it. Raises WebIsAutomatic, NotWanted, InTheFuture, BeforeReceipt (its day), NotOpen
    for a declined or withdrawn notice; for Facebook NotPublicYet and NotAFacebookAddress; PlaceMissing for the
    magazine and the stands.
    """
    medium = Medium(medium)
    place = place.strip()[:PLACE_LENGTH]
    if medium == Medium.WEB:
        raise WebIsAutomatic
    if done_at > now:
        raise InTheFuture
    if medium in (Medium.MAGAZINE, Medium.STANDS) and not place:
        raise PlaceMissing
    if medium == Medium.FACEBOOK:
        url = post_address(url) or ""
        if not url:
            raise NotAFacebookAddress
    with transaction.atomic():
        row = locked(notice)
        _may_be_told(row, medium, done_at)
        mark = _mark(row, medium)
        mark.done_at, mark.done_by, mark.place, mark.url = done_at, by, place, url
        mark.save()
        if medium == Medium.FACEBOOK:
            row.facebook_url, row.facebook_posted_at = url, done_at
            row.save(update_fields=["facebook_url", "facebook_posted_at"])
            _close_posts(row)
        data = {"field": "medium_done", "medium": medium.value, "place": place, "at": done_at.isoformat(), "url": url}
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, text=url, data=data)
    notice.refresh_from_db()


def unmark_medium(*, notice: Notice, medium: Medium | str, by: User | None, now: datetime) -> None:
    """Take a mark back that was a mistake; what it said stays in the history. Safe to repeat. Raises WebIsAutomatic."""
    medium = Medium(medium)
    if medium == Medium.WEB:
        raise WebIsAutomatic
    with transaction.atomic():
        row = locked(notice)
        mark = _mark(row, medium)
        was_done_at = mark.done_at or (row.facebook_posted_at if medium == Medium.FACEBOOK else None)
        if was_done_at is None:
            return
        data = {
            "field": "medium_undone",
            "medium": medium.value,
            "at": was_done_at.isoformat(),
            "place": mark.place,
            "url": mark.url,
        }
        mark.done_at, mark.done_by, mark.place, mark.url = None, None, "", ""
        mark.save()
        if medium == Medium.FACEBOOK:
            row.facebook_url, row.facebook_posted_at = "", None
            row.save(update_fields=["facebook_url", "facebook_posted_at"])
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data=data)
    notice.refresh_from_db()


def _mark(row: Notice, medium: Medium) -> NoticeMedium:
    """The row of a locked notice and a medium; a new one is not stored yet."""
    found = NoticeMedium.objects.filter(notice=row, medium=medium).first()
    return found or NoticeMedium(notice=row, medium=medium)


def _forget_decision(mark: NoticeMedium) -> None:
    mark.was_wished, mark.is_in, mark.reason = None, None, ""
    mark.decided_by, mark.decided_at = None, None


def _set_wanted(row: Notice, medium: Medium, is_in: bool) -> None:
    wanted = set(row.media or []) | {medium.value} if is_in else set(row.media or []) - {medium.value}
    row.media = wanted_media(wanted)
    row.save(update_fields=["media"])
    if medium == Medium.FACEBOOK and not is_in:
        FacebookPost.objects.filter(notice=row, state=FacebookState.WAITING).update(state=FacebookState.CANCELLED)


def _may_be_told(row: Notice, medium: Medium, done_at: datetime) -> None:
    if row.state in REFUSED:
        raise NotOpen(row.number)
    if medium.value not in (row.media or []):
        raise NotWanted
    if tokyo_date(done_at) < tokyo_date(row.received_at):
        raise BeforeReceipt
    if medium == Medium.FACEBOOK and row.state != NoticeState.PUBLISHED:
        raise NotPublicYet


def _close_posts(row: Notice) -> None:
    """People have posted it: what still waits for the machine is taken back, so that it is not posted twice."""
    FacebookPost.objects.filter(notice=row, state=FacebookState.WAITING).update(state=FacebookState.CANCELLED)
