"""Files that come in: what they are is told by their content, and what is kept is made anew.

Nothing here knows a model or a request; files are Django's uploads, open binary files or bytes.
The slow part runs in a process of its own (`sandbox.py`), so call this before a database transaction, not in one.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Literal

from .bounds import MAX_FILE_BYTES, MAX_FILES, MAX_FORM_BYTES, MAX_NAME_LENGTH, MAX_STAFF_FILE_BYTES
from .kinds import decode_text, detect_kind
from .refusals import Refused
from .sandbox import clean_apart
from .words import MESSAGES

__all__ = [
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "MAX_FORM_BYTES",
    "MAX_STAFF_FILE_BYTES",
    "CleanFile",
    "UploadRefused",
    "check_form_files",
    "clean_document",
    "clean_image",
    "clean_pdf",
    "clean_upload",
    "display_name",
    "neutral_name",
]

PICTURE_KINDS = frozenset({"jpeg", "png", "webp", "heic"})
_TEXT_TYPES = {".csv": "text/csv", ".txt": "text/plain", ".ics": "text/calendar"}
_KNOWN_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".hif", ".gif", ".bmp", ".tif", ".tiff"}
    | {".pdf", ".docx", ".xlsx", ".csv", ".txt", ".ics"}
)
_SAME_ENDINGS = {".jpg": {".jpg", ".jpeg", ".jpe", ".jfif"}}
# Control characters, formatting (direction marks, zero width), lone surrogates, unassigned, line separators.
_UNSHOWN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})


class UploadRefused(Exception):
    """A file that is not taken. `code` is stable ASCII; `message` says in the reader's language what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = MESSAGES[code]


@dataclass(frozen=True)
class CleanFile:
    """A file that is safe to keep and to hand out; sizes in pixels, None where the kind has none."""

    kind: Literal["image", "pdf", "document"]
    content: bytes
    extension: str
    content_type: str
    width: int | None
    height: int | None
    pages: int | None
    original_name: str
    """What the sender called it, fit to be shown; never used as a path."""


def clean_upload(file: BinaryIO | bytes, *, original_name: str, max_bytes: int = MAX_FILE_BYTES) -> CleanFile:
    """Clean what the public sends: a picture or a PDF. Raises UploadRefused and nothing else."""
    content = _read(file, max_bytes)
    kind = detect_kind(content)
    if kind in PICTURE_KINDS or kind == "pdf":
        return _clean(content, kind, original_name)
    raise UploadRefused(_code_for(kind))


def clean_image(file: BinaryIO | bytes, original_name: str, *, max_bytes: int = MAX_FILE_BYTES) -> CleanFile:
    """Clean a picture (JPEG, PNG, WebP, HEIC). Raises UploadRefused and nothing else."""
    content = _read(file, max_bytes)
    kind = detect_kind(content)
    if kind in PICTURE_KINDS:
        return _clean(content, kind, original_name)
    raise UploadRefused("not_a_picture" if kind == "pdf" else _code_for(kind))


def clean_pdf(file: BinaryIO | bytes, original_name: str, *, max_bytes: int = MAX_FILE_BYTES) -> CleanFile:
    """Clean a PDF. Raises UploadRefused and nothing else."""
    content = _read(file, max_bytes)
    kind = detect_kind(content)
    if kind == "pdf":
        return _clean(content, kind, original_name)
    raise UploadRefused("not_a_pdf" if kind in PICTURE_KINDS else _code_for(kind))


def clean_document(file: BinaryIO | bytes, original_name: str, *, max_bytes: int = MAX_STAFF_FILE_BYTES) -> CleanFile:
    """Clean a document of the staff: PDF, docx, xlsx, or a text (csv, txt, ics, told apart by the name's ending).

    Texts stay byte for byte as they are. Raises UploadRefused and nothing else.
    """
    content = _read(file, max_bytes)
    kind = detect_kind(content)
    if kind in ("pdf", "docx", "xlsx"):
        return _clean(content, kind, original_name)
    if kind in PICTURE_KINDS:
        raise UploadRefused("not_a_document")
    ending = PurePosixPath(_last_part(original_name)).suffix.lower()
    if kind in ("text", "unknown") and ending in _TEXT_TYPES:
        return _take_text(content, ending, original_name)
    raise UploadRefused("not_a_document" if kind in ("text", "unknown") else kind)


def check_form_files(files: Iterable) -> list[UploadRefused]:
    """What is wrong with the files of one form together (their number and their total `size`); empty if nothing is."""
    sizes = [getattr(file, "size", None) or 0 for file in files]
    problems = []
    if len(sizes) > MAX_FILES:
        problems.append(UploadRefused("too_many_files"))
    if sum(sizes) > MAX_FORM_BYTES:
        problems.append(UploadRefused("form_too_large"))
    return problems


def neutral_name(extension: str) -> str:
    """A file name nobody can guess and nobody can read anything from: 128 random bits and the extension ('.pdf')."""
    return f"{secrets.token_hex(16)}{extension}"


def display_name(original_name: str, extension: str) -> str:
    """The sender's name for a file, fit to be shown and offered for download; at most 120 characters.

    No folders, no control or direction characters, composed (NFC, since Macs send か + ゛), ending in what the file is.
    """
    name = unicodedata.normalize("NFC", _last_part(original_name))
    name = "".join(" " if char in "\t\r\n" else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char) not in _UNSHOWN_CATEGORIES)
    name = re.sub(r"\s+", " ", name).strip(" .")
    ending = PurePosixPath(name).suffix
    if ending.lower() in _KNOWN_ENDINGS:
        name = name.removesuffix(ending)
        if ending.lower() in _SAME_ENDINGS.get(extension, {extension}):
            extension = ending
    return (name.strip(" .") or "file")[: MAX_NAME_LENGTH - len(extension)] + extension


def _clean(content: bytes, kind: str, original_name: str) -> CleanFile:
    try:
        facts, cleaned = clean_apart(kind, content)
    except Refused as refusal:
        raise UploadRefused(refusal.code) from None
    return CleanFile(
        kind="image" if kind in PICTURE_KINDS else "pdf" if kind == "pdf" else "document",
        content=cleaned,
        extension=facts["extension"],
        content_type=facts["content_type"],
        width=facts.get("width"),
        height=facts.get("height"),
        pages=facts.get("pages"),
        original_name=display_name(original_name, facts["extension"]),
    )


def _take_text(content: bytes, ending: str, original_name: str) -> CleanFile:
    text = decode_text(content)
    if text is None or (ending == ".ics" and not text.lstrip().upper().startswith("BEGIN:VCALENDAR")):
        raise UploadRefused("not_text")
    return CleanFile(
        kind="document",
        content=content,
        extension=ending,
        content_type=_TEXT_TYPES[ending],
        width=None,
        height=None,
        pages=None,
        original_name=display_name(original_name, ending),
    )


def _read(file: BinaryIO | bytes, max_bytes: int) -> bytes:
    too_large = "too_large" if max_bytes <= MAX_FILE_BYTES else "too_large_for_staff"
    if isinstance(file, bytes):
        content = file
    else:
        if (getattr(file, "size", None) or 0) > max_bytes:
            raise UploadRefused(too_large)
        try:
            file.seek(0)
            content = file.read(max_bytes + 1)
        except (OSError, ValueError):
            raise UploadRefused("unreadable") from None
    if len(content) > max_bytes:
        raise UploadRefused(too_large)
    if not content:
        raise UploadRefused("empty")
    return content


def _code_for(kind: str) -> str:
    return {"docx": "word", "xlsx": "excel"}.get(kind, kind)


def _last_part(name: str) -> str:
    return re.split(r"[/\\]", str(name))[-1]
