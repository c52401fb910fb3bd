"""Reads the PDFs of the magazine, apart from everything else: nobody who saves a page waits for it or fails by it.

Noting that a PDF is to be read is one small write, done when an issue is saved or published (`listeners`) and by the
tick for what was missed. Reading happens afterwards, outside every transaction, in a process of its own with little
time and memory: for staff right after saving (`QUICK_SECONDS` at most), otherwise by the tick, which also mends what
was broken off. Whatever goes wrong ends in a row that says so in words, and the issue keeps the cover of its season.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import ReferenceIndex
from wagtail.search.backends import get_search_backend

from activities.models import MagazineIssuePage, PdfPageText, PdfReading
from center.intake.bounds import MAX_STAFF_FILE_BYTES, WORKER_WALL_SECONDS
from center.intake.refusals import Refused
from center.intake.sandbox import read_pdf_apart
from center.intake.uploads import neutral_name
from center.models import CentreDocument, CentreImage
from center.models.media import CleanContent

FULL_SECONDS = 20
"""How long the tick gives to one file: many times what the heaviest issue needs."""
QUICK_SECONDS = 8
"""How long a person who has just saved may wait; what takes longer is left to the tick."""
MOST_ATTEMPTS = 3
"""A file that is left half read so often (the machine stopped, no process could be had) is given up."""
READINGS_A_TICK = 5
CLAIM = timedelta(seconds=2 * WORKER_WALL_SECONDS + 60)
"""Longer than one reading can take: whoever finds a claim older than this may take the row."""
COVER_SIZES = ("width-320|format-webp", "width-480|format-webp")
"""The sizes in which the pages show a cover, made before anybody asks for them."""
TRANSIENT = frozenset({"busy"})
NOT_OF_THE_FILE = frozenset({"busy", "missing"})


@dataclass(frozen=True)
class _Found:
    pages: int
    texts: list[str]
    cover: bytes


def note_pdf(document: CentreDocument, *, again: bool = False) -> PdfReading:
    """See to it that the document's present file is read: one small write, or none where it is noted already.

    What an earlier file said is dropped at once, so that nobody finds what was replaced. `again`: a file that could
    not be read for a reason that lies not in it is tried once more.
    """
    reading, _made = PdfReading.objects.get_or_create(document=document, defaults={"file_name": document.file.name})
    if reading.file_name != document.file.name or (again and reading.refusal in NOT_OF_THE_FILE):
        with transaction.atomic():
            _forget(reading)
            PdfReading.objects.filter(pk=reading.pk).update(
                file_name=document.file.name,
                state=PdfReading.State.WAITING,
                refusal="",
                attempts=0,
                claimed_until=None,
                read_at=None,
                page_count=None,
                cover=None,
            )
        reading.refresh_from_db()
    return reading


def read_pdf(
    reading: PdfReading, *, now: datetime, seconds: float = FULL_SECONDS, is_hasty: bool = False
) -> PdfReading:
    """Read what waits; return the row as it stands then. Does nothing for a file that is read or being read.

    Call it outside of any transaction: it takes up to `seconds`. Raises nothing for whatever is in the file. A file
    that took too long in haste goes on waiting, for the tick.
    """
    is_free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    waiting = PdfReading.objects.filter(is_free, pk=reading.pk, state=PdfReading.State.WAITING)
    if not waiting.update(claimed_until=now + CLAIM, attempts=F("attempts") + 1):
        reading.refresh_from_db()
        return reading
    reading.refresh_from_db()
    try:
        found = _look_inside(reading.document, seconds)
    except Refused as refusal:
        may_wait = refusal.code in TRANSIENT or (is_hasty and refusal.code == "too_heavy")
        _settle(reading, refusal.code, now=now, may_wait=may_wait)
    else:
        _keep(reading, found, now=now)
    reading.refresh_from_db()
    return reading


def read_waiting_pdfs(*, now: datetime, most: int = READINGS_A_TICK, seconds: float = FULL_SECONDS) -> dict[str, int]:
    """The tick's part: notes PDFs of issues that were missed or replaced, then reads what waits, `most` at a time.

    Returns how many were noted, read and refused. Safe to repeat.
    """
    noted = _note_missed()
    given_up = PdfReading.objects.filter(state=PdfReading.State.WAITING, attempts__gte=MOST_ATTEMPTS)
    refused = given_up.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)).update(
        state=PdfReading.State.REFUSED, refusal="too_heavy", claimed_until=None, read_at=now
    )
    waiting = PdfReading.objects.filter(state=PdfReading.State.WAITING).select_related("document").order_by("pk")
    states = [read_pdf(reading, now=now, seconds=seconds).state for reading in waiting[:most]]
    return {
        "noted": noted,
        "read": states.count(PdfReading.State.READ),
        "refused": refused + states.count(PdfReading.State.REFUSED),
    }


def _note_missed() -> int:
    """Issues whose PDF was set, by whatever way, without anybody noting it; and files that were replaced."""
    used = MagazineIssuePage.objects.filter(pdf__isnull=False).order_by().values("pdf_id")
    documents = CentreDocument.objects.filter(pk__in=used)
    stale = documents.filter(Q(pdf_reading__isnull=True) | ~Q(pdf_reading__file_name=F("file")))
    return len([note_pdf(document) for document in stale])


def _look_inside(document: CentreDocument, seconds: float) -> _Found:
    """Raises Refused, whatever the matter is."""
    try:
        with document.file.storage.open(document.file.name, "rb") as file:
            content = file.read(MAX_STAFF_FILE_BYTES + 1)
    except (OSError, ValueError):
        raise Refused("missing") from None
    if len(content) > MAX_STAFF_FILE_BYTES:
        raise Refused("too_large_for_staff")
    if not content.lstrip()[:5].startswith(b"%PDF-") and b"%PDF-" not in content[:1024]:
        raise Refused("not_a_pdf" if content else "unreadable")
    facts, cover = read_pdf_apart(content, seconds=seconds)
    return _Found(pages=facts["pages"], texts=facts["texts"], cover=cover)


def _settle(reading: PdfReading, code: str, *, now: datetime, may_wait: bool) -> None:
    state = PdfReading.State.WAITING if may_wait and reading.attempts < MOST_ATTEMPTS else PdfReading.State.REFUSED
    is_over = state == PdfReading.State.REFUSED
    _same_file(reading).update(
        state=state, refusal=code if is_over else "", claimed_until=None, read_at=now if is_over else None
    )


def _keep(reading: PdfReading, found: _Found, *, now: datetime) -> None:
    image = CentreImage(title=str(_("Cover: %(title)s") % {"title": reading.document.title})[:255])
    # made by our own process out of pixels alone: nothing is left in it that would have to be cleaned away
    image.file = CleanContent(found.cover, name=neutral_name(".jpg"))
    image.file_size = len(found.cover)
    image._set_file_hash()
    with transaction.atomic():
        image.save()
        is_current = _same_file(reading).update(
            state=PdfReading.State.READ,
            refusal="",
            claimed_until=None,
            read_at=now,
            page_count=found.pages,
            cover=image,
        )
        if not is_current:  # the file was replaced meanwhile
            image.delete()
            return
        texts = [
            PdfPageText(reading=reading, number=number, text=text)
            for number, text in enumerate(found.texts, start=1)
            if text
        ]
        PdfPageText.objects.bulk_create(texts)
        get_search_backend().add_bulk(PdfPageText, texts)
    image.get_renditions(*COVER_SIZES)


def _same_file(reading: PdfReading):
    return PdfReading.objects.filter(pk=reading.pk, file_name=reading.file_name)


def _forget(reading: PdfReading) -> None:
    """Drop the texts, and the cover unless somebody uses it elsewhere."""
    reading.page_texts.all().delete()
    drop_covers([reading.cover_id])


def drop_covers(image_ids: Iterable[int | None]) -> None:
    """Delete covers that were made here, except those that a page has come to use."""
    for image in CentreImage.objects.filter(pk__in=[pk for pk in image_ids if pk]):
        if not ReferenceIndex.get_references_to(image).exists():
            image.delete()
