"""Files that came with a form that could not be taken yet: cleaned, kept in private storage, and listed by name.

One draft is one folder under `drafts/` with a random name of 128 bits; the form carries that name signed, in a hidden
field. What stays behind is removed by the clock tick.
"""

import json
import re
import secrets
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.core.files.base import ContentFile

from center.intake.storage import private_storage
from center.intake.uploads import CleanFile, neutral_name

FOLDER = "drafts"
KEPT_FOR = timedelta(days=2)
_SALT = "activities.notices.upload_drafts"
_NAME = re.compile(r"[0-9a-f]{32}")
_FILE = re.compile(r"[0-9a-f]{32}\.(?:jpg|png|webp|pdf)")


@dataclass(frozen=True)
class KeptFile:
    """One cleaned file of a draft. `name` is its neutral name in the folder, `original_name` what people know it by."""

    name: str
    original_name: str
    kind: str
    content_type: str
    size: int

    @property
    def size_words(self) -> str:
        """1.1 MB, or 340 KB below one megabyte."""
        if self.size >= 1_000_000:
            return f"{self.size / 1_048_576:.1f} MB"
        return f"{max(1, round(self.size / 1024))} KB"


class UploadDraft:
    """The files kept for one form. Made anew, or found again by its key; a key that was changed makes a new one."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.storage = private_storage()

    @classmethod
    def start(cls) -> "UploadDraft":
        return cls(secrets.token_hex(16))

    @classmethod
    def of(cls, key: str) -> "UploadDraft":
        """The draft that a hidden field names; an empty one where the key is missing, wrong or too old."""
        try:
            folder = signing.TimestampSigner(salt=_SALT).unsign(key, max_age=KEPT_FOR)
        except signing.BadSignature:
            return cls.start()
        return cls(folder) if _NAME.fullmatch(folder) else cls.start()

    @property
    def key(self) -> str:
        """The name of the folder, signed, for the hidden field."""
        return signing.TimestampSigner(salt=_SALT).sign(self.folder)

    @property
    def files(self) -> list[KeptFile]:
        """The files kept so far, in the order in which they came."""
        try:
            with self.storage.open(self._path("list.json"), "rb") as listed:
                rows = json.loads(listed.read())
        except (FileNotFoundError, ValueError):
            return []
        return [KeptFile(**row) for row in rows]

    def add(self, files: Iterable[CleanFile]) -> list[KeptFile]:
        """Keep more files; return those that were added."""
        added = []
        for file in files:
            name = neutral_name(file.extension)
            self.storage.save(self._path(name), ContentFile(file.content))
            added.append(KeptFile(name, file.original_name, file.kind, file.content_type, len(file.content)))
        if added:
            with self.storage.alone_in(self._path("")):  # several files may come at the same time
                self._list([*self.files, *added])
        return added

    def drop(self, name: str) -> None:
        """Forget one file; does nothing for a name that the draft does not have."""
        with self.storage.alone_in(self._path("")):
            files = self.files
            rest = [file for file in files if file.name != name]
            if len(rest) < len(files):
                self._list(rest)
        if len(rest) < len(files):
            self.storage.delete(self._path(name))

    def content_of(self, name: str) -> tuple[bytes, KeptFile] | None:
        """One kept file with what is known of it; None for a name that the draft does not have."""
        file = next((file for file in self.files if file.name == name and _FILE.fullmatch(name)), None)
        if file is None:
            return None
        try:
            with self.storage.open(self._path(name), "rb") as opened:
                return opened.read(), file
        except FileNotFoundError:
            return None

    def clean_files(self) -> list[CleanFile]:
        """The files as they were cleaned, ready to be given to a notice; one that has gone is left out."""
        cleaned = []
        for file in self.files:
            if not _FILE.fullmatch(file.name):
                continue
            try:
                with self.storage.open(self._path(file.name), "rb") as opened:
                    content = opened.read()
            except FileNotFoundError:
                continue
            extension = "." + file.name.rsplit(".", 1)[-1]
            cleaned.append(
                CleanFile(
                    kind="pdf" if file.kind == "pdf" else "image",
                    content=content,
                    extension=extension,
                    content_type=file.content_type,
                    width=None,
                    height=None,
                    pages=None,
                    original_name=file.original_name,
                )
            )
        return cleaned

    def remove(self) -> None:
        """Delete the folder with everything in it."""
        _remove_folder(self.folder)

    def _list(self, files: list[KeptFile]) -> None:
        self.storage.replace(self._path("list.json"), json.dumps([asdict(file) for file in files]).encode())

    def _path(self, name: str) -> str:
        return f"{FOLDER}/{self.folder}/{name}"


def purge_upload_drafts(*, now: datetime, living: Collection[str] = ()) -> int:
    """Remove the folders that nobody came back to for KEPT_FOR, unless a draft that is `living` names them; return how
    many.
    """
    storage = private_storage()
    try:
        folders, _files = storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    unclaimed = [folder for folder in folders if _NAME.fullmatch(folder) and folder not in living]
    old = [folder for folder in unclaimed if _last_change(folder) < now - KEPT_FOR]
    for folder in old:
        _remove_folder(folder)
    return len(old)


def _last_change(folder: str) -> datetime:
    storage = private_storage()
    return storage.get_modified_time(f"{FOLDER}/{folder}")


def _remove_folder(folder: str) -> None:
    storage = private_storage()
    try:
        _folders, files = storage.listdir(f"{FOLDER}/{folder}")
    except FileNotFoundError:
        return
    for name in files:
        storage.delete(f"{FOLDER}/{folder}/{name}")
    with suppress(OSError):  # another request has put a file there meanwhile
        storage.delete(f"{FOLDER}/{folder}")
