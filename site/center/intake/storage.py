"""Files that are not public: what groups send before it is checked, originals, everything with personal data."""

from pathlib import Path

from django.conf import settings
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
    """Files under settings.PRIVATE_ROOT, readable by the server's own user alone, without any address."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        return settings.PRIVATE_ROOT

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

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
