"""One click from a notice to a draft page of the right type, its fields filled, its files and its group attached.

Nothing here publishes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils.html import escape
from wagtail.models import Page
from wagtail.rich_text import RichText

from activities.deadlines import is_before_not_before
from activities.kinds import NoticeKind
from activities.models import (
    OPEN_STATES,
    ApplicationWay,
    EventIndexPage,
    EventPage,
    EventSession,
    GrantIndexPage,
    GrantPage,
    GroupPage,
    MatchActor,
    MatchDirection,
    MatchIndexPage,
    MatchPage,
    MatchResource,
    NewsIndexPage,
    NewsKind,
    NewsPage,
    Notice,
    NoticeAttachment,
    NoticeEntry,
    NoticePage,
    NoticeState,
)
from activities.notices import mails as notice_mails
from activities.notices.errors import (
    AlreadySettled,
    ChangesPublished,
    NoPageChosen,
    NoParentPage,
    NotAChange,
    NotOpen,
)
from activities.notices.history import add_entry, locked, must_be_released
from activities.notices.making import prints_of
from activities.notices.queries import group_of
from activities.notices.steps import begin_review, link_page
from center.intake.uploads import neutral_name
from center.japanese.characters import NotAPhoneNumber, normalise_phone
from center.models import CentreDocument, CentreImage, User
from center.models.media import CleanContent
from center.opening import day_start
from center.visibility import publicly_visible

SUMMARY_LENGTH = 200
JAPANESE = "ja"
TAGS = {
    NoticeKind.EVENT: "催し",
    NoticeKind.GRANT: "助成金",
    NoticeKind.CALL: "募集",
    NoticeKind.MATCH: "募集",
    NoticeKind.REPORT: "団体から",
    NoticeKind.OTHER: "団体から",
}
"""The tag that a page of each kind gets; the sections of the mail collect by tags, which staff may change."""
NEWS_KINDS = {
    NoticeKind.CALL: NewsKind.CALL,
    NoticeKind.REPORT: NewsKind.REPORT,
    NoticeKind.OTHER: NewsKind.ANNOUNCEMENT,
}
PARENTS: dict[str, type[Page]] = {
    NoticeKind.EVENT: EventIndexPage,
    NoticeKind.GRANT: GrantIndexPage,
    NoticeKind.MATCH: MatchIndexPage,
    NoticeKind.CALL: NewsIndexPage,
    NoticeKind.REPORT: NewsIndexPage,
    NoticeKind.OTHER: NewsIndexPage,
}

_LABEL = r"(?:(?:お?電話|TEL|Tel|tel|☎|携帯|メール|[Ee]-?[Mm]ail|MAIL|連絡先)\s*[:：]?\s*)?"
ADDRESS = re.compile(_LABEL + r"([^\s<>()（）、。，,;：:]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})")
NUMBER = re.compile(
    _LABEL + r"([(（]?[0０][0-9０-９]{1,4}[)）]?[-‐–ー−－ 　]?[0-9０-９]{1,4}[-‐–ー−－ 　]?[0-9０-９]{3,4})"
)
"""An e-mail address and a phone number inside other words, with the label that stands before them."""


@dataclass
class _Files:
    """The cleaned files of a notice as pictures and documents of the library, in the group's order."""

    images: list[tuple[CentreImage, str]] = field(default_factory=list)
    documents: list[CentreDocument] = field(default_factory=list)


# Making


def make_page(*, notice: Notice, by: User | None, now: datetime) -> Page:
    """Make the draft page of a notice and return it as its own type; a second call returns the same page.

    Event → event, grant → grant, matching post → matching post, everything else → news. A received notice counts as
    being looked at from now on; a returned one stays returned. The day before which the group does not want it to be
    seen becomes the page's time of going live.
    Raises ChangesPublished (with the page, which is linked) or NoPageChosen for a change or cancellation, NotOpen for
    a declined or withdrawn notice, NoParentPage where the site lacks the list it belongs under.
    """
    kind = NoticeKind(notice.kind)
    if kind.changes_published:
        _refuse_change(notice, by=by, now=now)
    if page := _made_page(notice):
        return page
    _refuse_settled(notice)
    parent = PARENTS[kind].objects.filter(locale__language_code=JAPANESE).order_by("path").first()
    if parent is None:
        raise NoParentPage(PARENTS[kind].__name__)
    files = _library_files(notice)
    with transaction.atomic():
        row = locked(notice)
        if page := _made_page(row):
            return page
        _refuse_settled(row)
        page = _draft(row, files, group_of(row))
        page.slug = _free_slug(parent, f"n-{row.number}")
        page.owner = by
        page.live = False
        if is_before_not_before(now, row.not_before_on):
            page.go_live_at = day_start(row.not_before_on)
        parent = Page.objects.select_for_update().get(pk=parent.pk).specific
        parent.add_child(instance=page)
        page.tags.add(TAGS[kind])
        page.save_revision(user=by, log_action="wagtail.create", clean=False)
        NoticePage.objects.create(notice=row, page=page, is_main=True, linked_at=now)
        if row.state == NoticeState.RECEIVED:
            begin_review(row, by=by, now=now)
        data = {"page": page.pk, "content": prints_of(page)}
        add_entry(row, NoticeEntry.Kind.PAGE_MADE, at=now, by=by, data=data)
    notice.refresh_from_db()
    return page


def apply_notice(*, notice: Notice, by: User | None, now: datetime) -> None:
    """The page shows the change or the cancellation (or was taken down for it): the notice is done.

    Raises NotAChange for every other kind, AlreadySettled for one that is settled.
    Source: the three-day rule, changes and cancellations.
    """
    if not NoticeKind(notice.kind).changes_published:
        raise NotAChange(notice.number)
    with transaction.atomic():
        row = locked(notice)
        if row.state not in OPEN_STATES:
            raise AlreadySettled(row.number)
        must_be_released(row)
        row.state = NoticeState.PUBLISHED
        row.applied_at = now
        row.settled_at = now
        row.assigned_to = row.assigned_to or by
        row.save()
        add_entry(row, NoticeEntry.Kind.APPLIED, at=now, by=by)
        page = publicly_visible(Page.objects.filter(pk=row.about_page_id), now=now).first()
        notice_mails.send_applied(row, page=page, now=now)
    notice.refresh_from_db()


def _refuse_change(notice: Notice, *, by: User | None, now: datetime) -> None:
    if notice.about_page_id is None:
        raise NoPageChosen(notice.number)
    if notice.is_open:
        link_page(notice=notice, page=notice.about_page, by=by, now=now)
    raise ChangesPublished(notice.about_page.specific)


def _refuse_settled(notice: Notice) -> None:
    must_be_released(notice)
    if notice.state in (NoticeState.DECLINED, NoticeState.WITHDRAWN):
        raise NotOpen(notice.number)


def _made_page(notice: Notice) -> Page | None:
    link = NoticePage.objects.filter(notice=notice, is_main=True).select_related("page").first()
    return link.page.specific if link else None


def _free_slug(parent: Page, wanted: str) -> str:
    taken = set(Page.objects.child_of(parent).filter(slug__startswith=wanted).values_list("slug", flat=True))
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


# Files


def _library_files(notice: Notice) -> _Files:
    """Copy the notice's files from private storage into the library, once; they are cleaned already."""
    files = _Files()
    for attachment in notice.attachments.select_related("image", "document"):
        title = attachment.original_name[:255]
        if attachment.kind == NoticeAttachment.Kind.IMAGE:
            image = attachment.image or _take_over(attachment, CentreImage(title=title, alt=attachment.alt), "image")
            files.images.append((image, attachment.alt))
        else:
            document = attachment.document or _take_over(attachment, CentreDocument(title=title), "document")
            files.documents.append(document)
    return files


def _take_over(attachment: NoticeAttachment, item: models.Model, name: str) -> models.Model:
    """Store a copy of the attachment as `item` and remember it; where somebody was quicker, theirs is used."""
    with attachment.file.open("rb") as file:
        content = file.read()
    extension = "." + attachment.file.name.rsplit(".", 1)[-1]
    item.file = CleanContent(content, name=neutral_name(extension))
    item.file_size = len(content)
    item._set_file_hash()
    item.save()
    unclaimed = NoticeAttachment.objects.filter(pk=attachment.pk, **{f"{name}__isnull": True})
    if unclaimed.update(**{name: item}):
        return item
    item.file.delete(save=False)
    item.delete()
    return getattr(NoticeAttachment.objects.select_related(name).get(pk=attachment.pk), name)


# Fields


def page_of(notice: Notice, group: GroupPage | None) -> Page:
    """The page that would come of the notice, its fields filled, without its files; not stored."""
    return _draft(notice, _Files(), group)


def _draft(notice: Notice, files: _Files, group: GroupPage | None) -> Page:
    """The page with its fields filled, not stored yet."""
    makers = {NoticeKind.EVENT: _event, NoticeKind.GRANT: _grant, NoticeKind.MATCH: _match}
    page = makers.get(NoticeKind(notice.kind), _news)(notice, files, group)
    page.title = notice.title
    page.summary = summary_of(notice.text)
    page.is_sample = notice.is_sample
    return page


def _event(notice: Notice, files: _Files, group: GroupPage | None) -> EventPage:
    way, text = _application(notice)
    image, alt = files.images[0] if files.images else (None, "")
    page = EventPage(
        place=notice.place,
        venue_name="" if notice.place and notice.place.name == notice.venue_name else notice.venue_name,
        area=notice.place.area if notice.place else None,
        is_online=notice.is_online,
        is_free=notice.is_free,
        fee=notice.fee,
        capacity=notice.capacity,
        application_way=way,
        application_text=text,
        application_url=notice.url if way == ApplicationWay.WEB else "",
        apply_by_on=notice.deadline_on,
        apply_by_time=notice.deadline_time if notice.deadline_on else None,
        is_walk_in=notice.is_walk_in,
        target=notice.target,
        organiser_group=group,
        organiser_name="" if group else notice.group_name,
        image=image,
        image_alt=alt,
        flyer=files.documents[0] if files.documents else None,
        contact_url=notice.url,
        **_contact(notice.public_contact),
    )
    page.sessions = [
        EventSession(starts_at=session.starts_at, ends_at=session.ends_at, is_all_day=session.is_all_day)
        for session in notice.sessions.all()
    ]
    page.body = body_of(notice.text, files.images[1:], files.documents[1:])
    return page


def _grant(notice: Notice, files: _Files, group: GroupPage | None) -> GrantPage:
    page = GrantPage(
        funder=notice.funder or (group.title if group else notice.group_name),
        applicants_text=notice.target,
        amount_upper=notice.amount_upper,
        closes_on=notice.deadline_on,
        closes_time=notice.deadline_time if notice.deadline_on else None,
        guide=files.documents[0] if files.documents else None,
        guide_url=notice.url,
        **_contact(notice.public_contact),
    )
    page.body = body_of(notice.text, files.images, files.documents[1:])
    return page


def _match(notice: Notice, files: _Files, group: GroupPage | None) -> MatchPage:
    # what the group left open gets the most common answer; staff see it in the editor before they publish
    page = MatchPage(
        direction=notice.match_direction or MatchDirection.WANTED,
        actor=notice.match_actor or MatchActor.VOLUNTARY,
        resource=notice.match_resource or MatchResource.PEOPLE,
        open_until_on=notice.deadline_on,
        group=group,
    )
    page.body = body_of(notice.text, files.images, files.documents)
    return page


def _news(notice: Notice, files: _Files, group: GroupPage | None) -> NewsPage:
    image, alt = files.images[0] if files.images else (None, "")
    page = NewsPage(
        kind=NEWS_KINDS[NoticeKind(notice.kind)],
        group=group,
        deadline_on=notice.deadline_on,
        deadline_time=notice.deadline_time if notice.deadline_on else None,
        image=image,
        image_alt=alt,
        contact_url=notice.url,
        **_contact(notice.public_contact),
    )
    page.body = body_of(notice.text, files.images[1:], files.documents)
    return page


def _application(notice: Notice) -> tuple[str, str]:
    """How one applies; "on a web page" without an address becomes another way, so that the page can be stored."""
    if notice.application_way == ApplicationWay.WEB and not notice.url:
        return ApplicationWay.OTHER, notice.application_text
    return notice.application_way, notice.application_text


def _contact(words: str) -> dict[str, str]:
    """The contact that may be published, taken apart: name, phone and e-mail, each where it can be recognised."""
    contact = {"contact_name": "", "contact_phone": "", "contact_email": ""}
    rest = words
    if (found := ADDRESS.search(rest)) and _is_address(found[1]):
        contact["contact_email"] = found[1]
        rest = rest.replace(found[0], " ", 1)
    if found := NUMBER.search(rest):
        try:
            contact["contact_phone"] = normalise_phone(found[1])
            rest = rest.replace(found[0], " ", 1)
        except NotAPhoneNumber:
            pass
    rest = re.sub(r"[（(]\s*[)）]", " ", rest)
    contact["contact_name"] = re.sub(r"\s+", " ", rest).strip(" 、,，:：/／・")[:120]
    return contact


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


# Words


def summary_of(text: str) -> str:
    """The first sentence of a plain text, on one line, at most 200 characters."""
    plain = text.strip()
    first = re.split(r"(?<=[。！？!?])|\n", plain, maxsplit=1)[0].strip() if plain else ""
    first = re.sub(r"\s+", " ", first)
    return first if len(first) <= SUMMARY_LENGTH else first[: SUMMARY_LENGTH - 1] + "…"


def paragraphs_of(text: str) -> str:
    """Plain text as escaped HTML: an empty line makes a paragraph, every other line break stays one."""
    blocks = re.split(r"\n[ \t　]*\n+", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    return "".join(f"<p>{escape(block.strip()).replace(chr(10), '<br/>')}</p>" for block in blocks if block.strip())


def body_of(
    text: str, images: Iterable[tuple[CentreImage, str]], documents: Iterable[CentreDocument]
) -> list[tuple[str, object]]:
    """The running text of a page: the words as one block, then the pictures, then the documents."""
    body: list[tuple[str, object]] = []
    if text.strip():
        body.append(("paragraph", RichText(paragraphs_of(text))))
    body += [("image", {"image": image, "alt": alt, "caption": ""}) for image, alt in images]
    body += [("document", {"document": document, "title": ""}) for document in documents]
    return body
