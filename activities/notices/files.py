"""The files of a notice: cleaned already, written to private storage before any transaction begins."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile

from activities.models import Notice, NoticeAttachment
from center.intake.storage import private_storage
from center.intake.uploads import CleanFile, neutral_name
from center.opening import tokyo_date


def store_files(files: Sequence[CleanFile], alts: Sequence[str], received_at: datetime) -> list[NoticeAttachment]:
    """Write the files to private storage; the rows are not saved yet."""
    storage = private_storage()
    folder = f"notices/{tokyo_date(received_at).year}"
    stored: list[NoticeAttachment] = []
    for index, file in enumerate(files):
        stored.append(
            NoticeAttachment(
                kind=NoticeAttachment.Kind.PDF if file.kind == "pdf" else NoticeAttachment.Kind.IMAGE,
                file=storage.save(f"{folder}/{neutral_name(file.extension)}", ContentFile(file.content)),
                original_name=file.original_name,
                content_type=file.content_type,
                size=len(file.content),
                alt=(alts[index] if index < len(alts) else "")[:250],
            )
        )
    return stored


def remove_files(stored: list[NoticeAttachment]) -> None:
    storage = private_storage()
    for attachment in stored:
        storage.delete(attachment.file.name)


def attach_files(notice: Notice, stored: list[NoticeAttachment]) -> None:
    """Give stored files to their notice."""
    for attachment in stored:
        attachment.notice = notice
        attachment.save()
