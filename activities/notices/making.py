"""What follows the making of a page: publishing its draft from the desk, and taking the making back.

Both leave the page itself to Wagtail: its publish action and its deletion, with their own checks of permission.
"""

import hashlib
import json
import re
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models.deletion import ProtectedError, RestrictedError
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision

from activities.models import Notice, NoticeAttachment, NoticeEntry, NoticePage
from activities.notices.errors import NoPageMade, PageEdited, PageInUse, PageNotReady, PageWasPublic
from activities.notices.history import add_entry, locked
from center.models import PublicSpan, User

PAGE_UNMADE = "page_unmade"
"""The mark in the data of the history's line."""
UNSTABLE = frozenset(
    {
        *("latest_revision", "latest_revision_created_at", "live_revision", "draft_title", "has_unpublished_changes"),
        *("last_published_at", "first_published_at", "live", "path", "depth", "numchild", "url_path", "owner"),
        *("locked", "locked_at", "locked_by", "pk", "comments", "wagtail_admin_comments", "page_ptr", "alias_of"),
    }
)
"""Fields that a page carries about itself; they change although nobody writes."""
ROW_KEYS = ("pk", "page", "sort_order")


def made_page(notice: Notice) -> Page | None:
    """The page that was made from the notice, as its own type; None where none was."""
    link = NoticePage.objects.filter(notice=notice, is_main=True).select_related("page").first()
    return link.page.specific if link else None


# Publishing


def publish_page(*, notice: Notice, by: User, now: datetime) -> Page:
    """Publish the latest draft of the page made from the notice, by Wagtail's own action; return the page.

    Raises NoPageMade, PageNotReady where a field that a public page needs is missing or the page is locked, and
    Wagtail's PublishPagePermissionError for somebody who may not publish this page.
    """
    page = made_page(notice)
    if page is None:
        raise NoPageMade(notice.number)
    draft = page.get_latest_revision_as_object()
    if page.permissions_for_user(by).page_locked():
        raise PageNotReady([str(page.get_lock().get_message(by) or "")])
    try:
        draft.full_clean()
    except ValidationError as error:
        raise PageNotReady(_messages(draft, error)) from None
    revision = page.get_latest_revision() or page.save_revision(user=by)
    PublishPageRevisionAction(revision, user=by, changed=page.has_unpublished_changes).execute()
    notice.refresh_from_db()
    return type(page).objects.get(pk=page.pk)


def _messages(page: Page, error: ValidationError) -> list[str]:
    """What is missing, each with the name of its field."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [f"{_name_of(page, name)}：{message}" for name, texts in error.message_dict.items() for message in texts]


def _name_of(page: Page, name: str) -> str:
    try:
        return str(page._meta.get_field(name).verbose_name)
    except (FieldDoesNotExist, AttributeError):
        return ""


# Taking the making back


def edited_since(notice: Notice, page: Page) -> list[str]:
    """The names of what was edited since the page was made, for people; empty where nobody did."""
    made = notice.entries.filter(kind=NoticeEntry.Kind.PAGE_MADE, data__page=page.pk).order_by("-pk").first()
    told = (made.data or {}).get("content", {}) if made else {}
    latest = page.get_latest_revision()
    if latest is None:
        return []
    if not told:
        return [str(page._meta.verbose_name)] if page.revisions.count() > 1 else []
    now_there = _prints(latest.content)
    changed = [name for name in {**told, **now_there} if told.get(name) != now_there.get(name)]
    return sorted({_name_of(page, name) or str(page._meta.verbose_name) for name in changed})


def prints_of(page: Page) -> dict[str, str]:
    """For the history: a short mark of each field of the latest draft, so that an edit can be named later."""
    # read again: in memory a revision holds moments, in the database their words
    latest = page.revisions.order_by("-created_at", "-pk").first()
    return _prints(latest.content) if latest else {}


def _prints(content: dict) -> dict[str, str]:
    return {
        name: hashlib.sha256(json.dumps(_without_keys(value), sort_keys=True, default=str).encode()).hexdigest()[:12]
        for name, value in content.items()
        if name not in UNSTABLE
    }


def _without_keys(value: object) -> object:
    """A list of children without their database keys: the editor gives them keys when it saves."""
    if not isinstance(value, list):
        return value
    rows = [row if isinstance(row, dict) else {"": row} for row in value]
    return [{key: part for key, part in row.items() if key not in ROW_KEYS} for row in rows]


def unmake_page(*, notice: Notice, by: User | None, now: datetime, is_sure: bool = False) -> None:
    """Delete the draft that was made from the notice, and the copies of its files that nothing else uses.

    The notice keeps its state and its clock, and the page can be made again. Raises NoPageMade; PageWasPublic for a
    page that was public once or is scheduled; PageInUse where something else hangs on it; PageEdited where somebody
    worked on it, unless `is_sure`.
    """
    with transaction.atomic():
        row = locked(notice)
        page = made_page(row)
        if page is None:
            raise NoPageMade(row.number)
        if page.live or page.first_published_at or PublicSpan.objects.filter(page_id=page.pk).exists():
            raise PageWasPublic(row.number)
        if Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at__isnull=False).exists():
            raise PageWasPublic(row.number)
        if _others_hang_on(page, row):
            raise PageInUse(row.number)
        if not is_sure and (fields := edited_since(row, page)):
            raise PageEdited(fields)
        made_at = row.page_links.get(page_id=page.pk).linked_at
        title, pk = page.title, page.pk
        try:
            page.delete(user=by)
        except (ProtectedError, RestrictedError):
            raise PageInUse(row.number) from None
        removed = _remove_copies(row, made_at, pk)
        data = {"field": PAGE_UNMADE, "page": pk, "files": removed}
        add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, text=title, data=data, is_public=False)
    notice.refresh_from_db()


def _others_hang_on(page: Page, notice: Notice) -> bool:
    """Whether another notice is linked to the page or about it, or it has a translation or pages below it."""
    return (
        NoticePage.objects.filter(page_id=page.pk).exclude(notice=notice).exists()
        or Notice.objects.filter(about_page_id=page.pk).exists()
        or page.get_translations().exists()
        or page.numchild > 0
    )


def _remove_copies(notice: Notice, made_at: datetime, page_pk: int) -> int:
    """Remove the library's copies of the notice's files, except those that something else uses; return how many."""
    removed = 0
    for attachment in notice.attachments.select_related("image", "document"):
        for item in (attachment.image, attachment.document):
            if item is not None and not _is_used(item, attachment, made_at, page_pk):
                item.delete()
                removed += 1
    return removed


def _is_used(item: models.Model, attachment: NoticeAttachment, made_at: datetime, page_pk: int) -> bool:
    """Whether a page, another notice or a draft uses the copy. The index knows no drafts, so their words are read."""
    references = ReferenceIndex.get_references_to(item).exclude(
        base_content_type__model=attachment._meta.model_name, object_id=str(attachment.pk)
    )
    if references.exists():
        return True
    named = re.compile(rf"(?:image|document|flyer|guide|pdf|file|cover|photo|value|id)[a-z_]*\W{{1,8}}{item.pk}\b")
    drafts = Revision.objects.filter(created_at__gte=made_at).exclude(object_id=str(page_pk))
    contents = drafts.values_list("content", flat=True)
    return any(named.search(json.dumps(content)) for content in contents.iterator())


def edits_of(page: Page) -> list[PageLogEntry]:
    """Who edited the page, and when; newest first."""
    return list(PageLogEntry.objects.filter(page_id=page.pk, action="wagtail.edit").select_related("user")[:10])
