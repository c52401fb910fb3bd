"""Notices, files and forms as the tests of notices need them."""

import re
from datetime import datetime

import time_machine
from wagtail.models import Page

from activities import services
from activities.models import Notice
from activities.notices.forms import new_submission
from activities.notices.upload_drafts import UploadDraft
from center.intake.guard import signed_render_time
from center.intake.uploads import CleanFile, clean_upload
from center.models import OutgoingMail
from center.opening import TOKYO
from config.tree import Tree, build_tree
from tests.center import hostile

TEXT = "うすときねで、もちをつきます。子どもも大人も、1回ずつつけます。\n\nきなこで食べます。"
EVENT = {
    "kind": "event",
    "group_name": "大槻もちつきの会",
    "contact_name": "佐藤花子",
    "contact_email": "mochi@example.jp",
    "contact_phone": "024-900-0000",
    "title": "昔の道具で、もちをつく",
    "text": TEXT,
    "venue_name": "大槻ふれあいセンター",
    "is_free": True,
    "application_way": "none",
    "has_photo_consent": True,
}


def day(*parts: int) -> datetime:
    """An aware moment in Tokyo."""
    return datetime(*parts, tzinfo=TOKYO)


def tree_of(year: int) -> Tree:
    """The site as it stood since the first day of that year."""
    with time_machine.travel(day(year, 1, 1), tick=False):
        return build_tree(hostname="testserver")


def receive(
    now: datetime,
    *,
    sessions=None,
    files=(),
    alts=(),
    channel: str = "form",
    received_at: datetime | None = None,
    by=None,
    **data,
) -> Notice:
    """One notice as it comes in; an event on 2026-12-12 from 10 to 12 unless something else is said."""
    if sessions is None:
        sessions = [(day(2026, 12, 12, 10), day(2026, 12, 12, 12))]
    notice, _token = services.receive_notice(
        data=EVENT | data,
        sessions=sessions,
        files=list(files),
        alts=list(alts),
        channel=channel,
        received_at=received_at or now,
        now=now,
        by=by,
    )
    return notice


def photo(name: str = "もちつき.jpg") -> CleanFile:
    """A photo as a telephone makes it (place, author, on its side), cleaned."""
    return clean_upload(hostile.picture_with_place("JPEG"), original_name=name)


def flyer(name: str = "ちらし.pdf") -> CleanFile:
    """A PDF, cleaned."""
    return clean_upload(hostile.pdf(), original_name=name)


def publish(page: Page, at: datetime) -> None:
    """Publish the latest draft at that moment."""
    with time_machine.travel(at, tick=False):
        page.get_latest_revision().publish()


def make_and_publish(notice: Notice, at: datetime) -> Page:
    """The page of a notice, public from that moment on."""
    page = services.make_page(notice=notice, by=None, now=at)
    publish(page, at)
    notice.refresh_from_db()
    return page


def mails(kind: str = "") -> list[OutgoingMail]:
    """The queued mails of one kind, oldest first."""
    rows = OutgoingMail.objects.order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows.filter(kind__startswith="notice-"))


def typed(now: datetime, **changes) -> dict:
    """What a browser sends for a filled-in form about an event; changes win, None leaves a field out."""
    data = {
        "rendered_at": signed_render_time(now=now),
        "memo_2": "",
        "submission": new_submission(),
        "draft": UploadDraft.start().key,
        "rows": "3",
        "send": "1",
        "kind": "event",
        "group_name": "大槻もちつきの会",
        "contact_name": "佐藤花子",
        "contact_email": "mochi@example.jp",
        "contact_phone": "０２４（９００）００００",
        "title": "昔の道具で、もちをつく",
        "text": TEXT,
        "venue_name": "大槻ふれあいセンター",
        "fee_way": "free",
        "application_way": "none",
        "media": ["web", "facebook", "mail"],
        "s1-year": "2026",
        "s1-month": "１２",
        "s1-day": "12",
        "s1-starts": "10:00",
        "s1-ends": "１２時",
        "s2-year": "2026",
        "s3-year": "2026",
        "deadline-year": "2026",
        "not_before-year": "2026",
    }
    return {name: value for name, value in (data | changes).items() if value is not None}


def words_of(response) -> str:
    """The text of an answer without its tags, on one line."""
    html = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
