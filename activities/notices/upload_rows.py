"""The rows of files in a form: what was chosen is cleaned and kept, what is refused is named with its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest
from django.urls import reverse

from activities.notices.limits import may_keep_file
from activities.notices.upload_drafts import KeptFile, UploadDraft
from center.intake.bounds import MAX_FILES, MAX_FORM_BYTES
from center.intake.uploads import CleanFile, UploadRefused, clean_upload, display_name

ALT_LENGTH = 250
PLACES_IN_SIGHT = 1


@dataclass
class UploadRow:
    """One row of the form: a file that is kept, or an empty place; its description, and what was wrong with a file."""

    number: int
    kept: KeptFile | None = None
    alt: str = ""
    refused_name: str = ""
    message: str = ""
    picture_url: str = ""

    @property
    def input_id(self) -> str:
        return f"id_file{self.number}" if self.kept is None else f"id_alt{self.number}"


@dataclass
class Uploads:
    """The files of one form: the draft that keeps them, and its rows."""

    draft: UploadDraft
    rows: list[UploadRow] = field(default_factory=list)

    @property
    def faults(self) -> list[UploadRow]:
        return [row for row in self.rows if row.message]

    @property
    def kept(self) -> list[UploadRow]:
        return [row for row in self.rows if row.kept]

    @property
    def has_images(self) -> bool:
        return any(row.kept.kind == "image" for row in self.kept)

    @property
    def is_full(self) -> bool:
        """Whether no place for another file is left."""
        return len(self.kept) >= MAX_FILES

    @property
    def in_sight(self) -> list[UploadRow]:
        """Every row with something in it, and the next PLACES_IN_SIGHT empty places."""
        busy = [row for row in self.rows if row.kept or row.message or row.alt]
        return self.rows[: len(busy) + PLACES_IN_SIGHT]

    @property
    def in_reserve(self) -> list[UploadRow]:
        """The empty places after those."""
        return self.rows[len(self.in_sight) :]

    def clean_files(self) -> list[CleanFile]:
        return self.draft.clean_files()

    def alts(self) -> list[str]:
        """The descriptions of the kept files, in their order."""
        return [row.alt for row in self.kept]


def no_uploads() -> Uploads:
    """The rows of a form that is shown for the first time."""
    return Uploads(UploadDraft.start(), [UploadRow(number) for number in range(1, MAX_FILES + 1)])


def kept_uploads(draft: UploadDraft, alts: Sequence[str] = ()) -> Uploads:
    """The rows of a form that was left and is taken up again."""
    return Uploads(draft, _rows(draft, list(alts), []))


def take_uploads(request: HttpRequest, *, today: date, draft: UploadDraft | None = None) -> Uploads:
    """Clean and keep what came with the form, in `draft` or in the one that the form names.

    Slow (each file is opened by a process of its own): call it before any transaction. Descriptions stay with their
    files; the one typed beside a refused file stays in its row.
    """
    draft = draft or UploadDraft.of(request.POST.get("draft", ""))
    kept = draft.files
    alts = [_alt(request, number) for number in range(1, len(kept) + 1)]
    drop = request.POST.get("drop", "")
    if drop:
        alts = [alt for file, alt in zip(kept, alts, strict=True) if file.name != drop]
        draft.drop(drop)
    empty: list[UploadRow] = []
    total = sum(file.size for file in draft.files)
    for number in range(len(kept) + 1, MAX_FILES + 1):
        upload, alt = request.FILES.get(f"file{number}"), _alt(request, number)
        if upload is None:
            empty.append(UploadRow(0, alt=alt))
            continue
        try:
            if total + (upload.size or 0) > MAX_FORM_BYTES:
                raise UploadRefused("form_too_large")
            if not may_keep_file(request.META.get("REMOTE_ADDR", ""), on=today):
                raise UploadRefused("busy")
            cleaned = clean_upload(upload, original_name=upload.name or "")
        except UploadRefused as refused:
            empty.append(UploadRow(0, alt=alt, refused_name=_shown_name(upload.name), message=str(refused.message)))
            continue
        total += len(cleaned.content)
        draft.add([cleaned])
        alts.append(alt)
    # what was refused or described stays in view; rows of neither make room
    empty.sort(key=lambda row: not (row.message or row.alt))
    return Uploads(draft, _rows(draft, alts, empty))


def _rows(draft: UploadDraft, alts: list[str], empty: list[UploadRow]) -> list[UploadRow]:
    """The kept files with their descriptions, then the other rows, MAX_FILES in all, numbered."""
    files = draft.files
    alts = alts + [""] * (len(files) - len(alts))
    rows = [UploadRow(0, kept=file, alt=alt) for file, alt in zip(files, alts, strict=False)]
    rows += empty[: MAX_FILES - len(rows)]
    rows += [UploadRow(0) for _missing in range(MAX_FILES - len(rows))]
    key = draft.key
    for number, row in enumerate(rows, start=1):
        row.number = number
        if row.kept and row.kept.kind == "image":
            row.picture_url = reverse("notices:file", args=[key, row.kept.name])
    return rows


def _shown_name(name: str | None) -> str:
    """What the sender called a file that was refused, with its ending, fit to be shown."""
    ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name or "")
    return display_name(name or "", ending[0].lower() if ending else "")


def _alt(request: HttpRequest, number: int) -> str:
    return " ".join(request.POST.get(f"alt{number}", "").replace("\x00", "").split())[:ALT_LENGTH]
