"""Files that are not public: what groups send before it is checked, originals, everything with personal data."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.deconstruct import deconstructible

# Types the browser may be told; anything else is just bytes.
_STREAMED_TYPES = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/calendar",
        "text/csv",
        "text/plain",
    }
)


@deconstructible
class PrivateStorage(FileSystemStorage):
    """Files under settings.PRIVATE_ROOT, readable by the server's own user alone, without any address.

    What `save` or `replace` has returned from outlives a power cut, so a row that names it may be committed.
    """

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        return settings.PRIVATE_ROOT

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

    def _save(self, name: str, content: File) -> str:
        is_new = not os.path.lexists(self.path(name))
        try:
            saved = super()._save(name, content)
            self._make_durable(saved)
        except OSError:
            if is_new:  # half a file helps nobody, least of all on a full disk
                Path(self.path(name)).unlink(missing_ok=True)
            raise
        return saved

    def replace(self, name: str, content: bytes) -> None:
        """Write a file, or new content in the place of the old one: all of it or nothing."""
        beside = self.save(f"{name}.{secrets.token_hex(8)}", ContentFile(content))
        os.replace(self.path(beside), self.path(name))
        self._make_durable(name)

    @contextmanager
    def alone_in(self, folder: str) -> Iterator[None]:
        """While it lasts, nobody else who asks the same is in that folder, in whatever process. Makes the folder."""
        path = Path(self.path(folder))
        path.mkdir(mode=self.directory_permissions_mode, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _make_durable(self, name: str) -> None:
        """Have the disk keep the file, and the names that lead to it."""
        path, root = Path(self.path(name)), Path(self.location)
        for part in (path, *(folder for folder in path.parents if folder == root or root in folder.parents)):
            descriptor = os.open(part, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def url(self, name: str | None) -> str:
        raise ValueError("A private file has no address; stream it after a permission check.")


def private_storage() -> PrivateStorage:
    """The storage of private files; given to a field as it is (`storage=private_storage`)."""
    return PrivateStorage()


def stream_private(file_field: FieldFile, *, filename: str, content_type: str) -> FileResponse:
    """A private file as a download that no browser shows, runs or keeps. Check permission before.

    `filename` is what the reader's machine will call it (Japanese is fine). Raises FileNotFoundError.
    """
    response = FileResponse(
        file_field.storage.open(file_field.name, "rb"),
        as_attachment=True,
        filename=filename,
        content_type=content_type if content_type in _STREAMED_TYPES else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
