"""The files of a notice: cleaned already, written to private storage before any transaction begins."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import Error as DatabaseError

from activities.models import Notice, NoticeAttachment
from center.intake.limits import take
from center.intake.storage import PrivateStorage, private_storage
from center.intake.uploads import CleanFile, neutral_name
from center.opening import tokyo_date

SWEPT_AFTER = timedelta(days=2)
"""Longer than any request or transaction can last."""


def store_files(files: Sequence[CleanFile], alts: Sequence[str], received_at: datetime) -> list[NoticeAttachment]:
    """Write the files to private storage; the rows are not saved yet."""
    storage = private_storage()
    folder = f"notices/{tokyo_date(received_at).year}"
    stored: list[NoticeAttachment] = []
    try:
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
    except OSError:
        remove_files(stored)
        raise
    return stored


@contextmanager
def stored_files(
    files: Sequence[CleanFile], alts: Sequence[str], received_at: datetime
) -> Iterator[list[NoticeAttachment]]:
    """Files for a transaction inside: those that it gave to no notice are removed again when it is over.

    Where the database failed, its answer to the commit may have been lost on the way: the row may be there, so the
    files stay. What belongs to no row is swept up later.
    """
    stored = store_files(files, alts, received_at)
    try:
        yield stored
    except DatabaseError:
        raise
    except BaseException:
        remove_files(stored)
        raise
    remove_files([attachment for attachment in stored if attachment.pk is None])


def remove_files(stored: list[NoticeAttachment]) -> None:
    storage = private_storage()
    for attachment in stored:
        storage.delete(attachment.file.name)


def sweep_files(*, now: datetime) -> int:
    """Remove the files that belong to no notice, because the server or the database died in the middle; return how
    many. Once a day, and only those that are older than SWEPT_AFTER.
    """
    if not take("sweep-files", on=tokyo_date(now), limit=1):
        return 0
    storage = private_storage()
    known = set(NoticeAttachment.objects.values_list("file", flat=True))
    swept = 0
    for year in _listed(storage, "notices")[0]:
        for name in _listed(storage, f"notices/{year}")[1]:
            path = f"notices/{year}/{name}"
            if path not in known and storage.get_modified_time(path) < now - SWEPT_AFTER:
                storage.delete(path)
                swept += 1
    return swept


def _listed(storage: PrivateStorage, folder: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def attach_files(notice: Notice, stored: list[NoticeAttachment]) -> None:
    """Give stored files to their notice."""
    for attachment in stored:
        attachment.notice = notice
        attachment.save()
