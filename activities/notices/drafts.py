"""A notice that is still being written: kept on the server with its files, found again by a link, ended after a while.

What was typed is kept as it was typed, unjudged. Nothing here sends a mail by itself.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from activities.models import GroupPage, Notice, NoticeDraft
from activities.notices.limits import may_mail_draft
from activities.notices.upload_drafts import UploadDraft, purge_upload_drafts
from center.intake.tokens import hash_token, new_token
from center.opening import tokyo_date
from center.outbox import enqueue
from center.queries import centre_settings

KEPT_FOR = timedelta(days=14)
"""How long a draft and its link live after the last save."""
FORM = "form"
LONGEST_VALUE = 6_000
MOST_VALUES = 12
MOST_NAMES = 400

_NAMES = re.compile(
    r"kind|shown|rows|check_days|group_name|contact_name|contact_email|contact_phone|title|text|target|venue_name"
    r"|is_online|fee_way|fee|capacity|application_way|application_text|is_walk_in|public_contact|url|funder"
    r"|amount_upper|match_direction|match_actor|match_resource|about_text|media|copies_given|has_photo_consent"
    r"|criteria|alt[1-9]|s\d{1,2}-(?:year|month|day|starts|ends|last_month|last_day)"
    r"|deadline-(?:year|month|day|time)|not_before-(?:year|month|day)"
)
"""The fields of the form that a draft keeps; no mark of a guard and no button is among them."""

Typed = dict[str, list[str]]


@dataclass(frozen=True)
class Saved:
    """What a save did. `is_stale`: another screen had saved since; its words are kept in `draft.replaced`."""

    draft: NoticeDraft
    is_stale: bool


def typed_of(posted: QueryDict) -> Typed:
    """What a draft keeps of a form that a browser sent."""
    return _kept({name: posted.getlist(name) for name in posted})


def as_posted(typed: Mapping[str, list[str]]) -> QueryDict:
    """What was typed, as if a browser had sent it now."""
    posted = QueryDict(mutable=True)
    for name, values in typed.items():
        posted.setlist(name, values)
    return posted


def start_draft(
    *,
    typed: Mapping[str, list[str]],
    now: datetime,
    group: GroupPage | None = None,
    source: str = "",
    language: str = "",
    folder: str = "",
    submission_key: str | None = None,
) -> tuple[NoticeDraft, str]:
    """Keep a new draft; return it with the token of its link.

    `typed` holds raw values by the names of the form; names that the form does not have are left out. `group`: who is
    known to write it. `source` says what it was made from ("form": somebody is filling it in). `folder` holds the
    files that were kept before; `submission_key` makes a form that is sent twice one notice.
    """
    token = new_token()
    values = {
        "token_hash": hash_token(token),
        "folder": folder or UploadDraft.start().folder,
        "typed": _kept(typed),
        "version": 1 if source == FORM else 0,
        "group": group,
        "source": source,
        "language": language or translation.get_language() or settings.LANGUAGE_CODE,
        "started_at": now,
        "saved_at": now,
        "expires_at": now + KEPT_FOR,
    }
    try:
        with transaction.atomic():
            return NoticeDraft.objects.create(**values, submission_key=submission_key or new_token()), token
    except IntegrityError:
        # the same form was saved twice at once: each keeps what it has, and only one can be sent
        values["folder"] = UploadDraft.start().folder
        return NoticeDraft.objects.create(**values, submission_key=new_token()), token


def draft_by_token(token: str, *, now: datetime) -> NoticeDraft | None:
    """The draft that a link opens, also one that was sent; None where it never was or has ended."""
    draft = NoticeDraft.objects.select_related("group", "notice").filter(token_hash=hash_token(token)).first()
    return draft if draft and draft.is_valid_at(now) else None


def save_draft(*, draft: NoticeDraft, typed: Mapping[str, list[str]], version: int | None, now: datetime) -> Saved:
    """Keep what stands in the form now. The last one to save wins; nothing is lost silently.

    `version` is the one that the form was made from. Where another screen has saved since and wrote something else,
    its words move to `draft.replaced` and `is_stale` is set. A draft that was sent stays as it is.
    """
    kept = _kept(typed)
    with transaction.atomic():
        row = NoticeDraft.objects.select_for_update().get(pk=draft.pk)
        if row.notice_id:
            return Saved(row, is_stale=False)
        is_stale = version is not None and row.version > version and row.typed != kept
        if is_stale:
            row.replaced = row.typed
        row.typed = kept
        row.version += 1
        row.saved_at = now
        row.expires_at = now + KEPT_FOR
        row.save()
    return Saved(row, is_stale=is_stale)


def forget_group(*, draft: NoticeDraft) -> None:
    """Somebody else writes it: the group is no longer taken as known."""
    NoticeDraft.objects.filter(pk=draft.pk).update(group=None)
    draft.group = None


def mark_sent(*, draft: NoticeDraft, notice: Notice) -> None:
    """The draft became that notice: what was typed goes, its link leads to the notice from now on. Safe to repeat."""
    NoticeDraft.objects.filter(pk=draft.pk).update(notice=notice, typed={}, replaced={})
    files_of(draft).remove()


def files_of(draft: NoticeDraft) -> UploadDraft:
    """The files that came with it."""
    return UploadDraft(draft.folder)


def draft_path(token: str) -> str:
    """The path of the form, filled from the draft, in the active language."""
    return reverse("notices:resume", args=[token])


def mail_link(*, draft: NoticeDraft, token: str, address: str, now: datetime) -> bool:
    """Mail the link to the address that asked for it; False where that address had enough of them today.

    The mail holds nothing that was typed, so that nobody can write to strangers with it.
    """
    if not may_mail_draft(address, on=tokyo_date(now)):
        return False
    with transaction.atomic(), translation.override(draft.language):
        context = {
            "centre": centre_settings(),
            "address": settings.SITE_URL + draft_path(token),
            "until": tokyo_date(draft.expires_at - timedelta(microseconds=1)),
        }
        enqueue(
            kind="notice-draft",
            to=address,
            subject=_("The link to go on with your notice"),
            text=render_to_string("notices/mail/draft.txt", context).strip() + "\n",
            holds_token=True,
            now=now,
        )
    return True


def purge_drafts(*, now: datetime) -> int:
    """Remove the drafts that have ended, with their files, and the files of forms that nobody came back to.

    Returns how many of both. Safe to repeat.
    """
    ended = NoticeDraft.objects.filter(expires_at__lte=now)
    folders = list(ended.values_list("folder", flat=True))
    for folder in folders:
        UploadDraft(folder).remove()
    ended.filter(folder__in=folders).delete()
    living: Collection[str] = set(NoticeDraft.objects.filter(notice=None).values_list("folder", flat=True))
    return len(folders) + purge_upload_drafts(now=now, living=living)


def _kept(typed: Mapping[str, list[str]]) -> Typed:
    names = [name for name in typed if _NAMES.fullmatch(name)][:MOST_NAMES]
    return {name: [_kept_value(value) for value in typed[name][:MOST_VALUES]] for name in names}


def _kept_value(value: object) -> str:
    return str(value)[:LONGEST_VALUE].replace("\x00", "").encode("utf-8", "replace").decode()
