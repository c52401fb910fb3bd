"""Files that nobody wants, through every public way in: what is stored is opened again and looked at.

The builders are in `tests/center/hostile.py`. `make test` sends some of them, FULL=1 all by every way.
"""

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageCms

from activities import services
from activities.models import Notice
from activities.notices.tokens import token_of
from tests.activities.notice_builders import day, receive, typed
from tests.center import hostile
from tests.center.test_uploads import HARMFUL_WORDS, HOSTILE_PDFS, REFUSED, unfolded

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 18, 9)
AT_ONCE = 5
TYPES = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".pdf": "PDF"}


@dataclass(frozen=True)
class Hostile:
    """One file as it is sent: what it is, its name, its bytes, and what its sender calls its type."""

    what: str
    name: str
    content: bytes
    content_type: str = "image/jpeg"


def deep_grey() -> bytes:
    return hostile.picture("PNG", Image.new("I;16", (40, 20), 30_000))


def broken_profile() -> bytes:
    return hostile.picture("JPEG", icc_profile=b"CANARY" * 40)


def swapped_colours() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return hostile.picture("JPEG", icc_profile=profile + b"CANARY")


POLYGLOTS = {
    "jpg + zip": hostile.picture("JPEG") + hostile.zip_file(),
    "jpg + html": hostile.picture("JPEG") + hostile.HTML,
    "jpg + pdf": hostile.picture("JPEG") + hostile.pdf(hostile.open_action),
    "jpg + php": hostile.picture("JPEG") + b"<?php CANARY ?>",
    "jpg whose comment is a page": hostile.picture("JPEG", comment=hostile.HTML),
    "png + zip": hostile.picture("PNG") + hostile.zip_file(),
    "png + html": hostile.picture("PNG") + hostile.HTML,
    "png with a script in a chunk": hostile.png_with_chunk(b"skRp", b"<script>CANARY</script>"),
    "png with a page in its text": hostile.png_with_chunk(b"tEXt", b"Comment\x00" + hostile.HTML),
    "webp + html": hostile.picture("WEBP") + hostile.HTML,
    "heic + html": hostile.picture("HEIF") + hostile.HTML,
    "heic, broken in the middle": hostile.picture("HEIF", hostile.noisy_photo()).replace(b"ipco", b"ipcx"),
    "two pictures in one jpg": hostile.multi_picture_jpeg(),
    "animated png": hostile.animation("PNG"),
    "animated webp": hostile.animation("WEBP"),
    "animated gif": hostile.animation("GIF"),
    "cmyk jpg": hostile.picture("JPEG", hostile.two_halves("CMYK")),
    "16-bit png": deep_grey(),
    "jpg with a broken profile": broken_profile(),
    "jpg with something behind its profile": swapped_colours(),
    **{f"jpg held in way {way}": hostile.picture_with_place("JPEG", way) for way in range(1, 9)},
    "photo of a telephone, png": hostile.picture_with_place("PNG"),
    "photo of a telephone, webp": hostile.picture_with_place("WEBP"),
    "photo of a telephone, heic": hostile.picture_with_place("HEIF"),
}
NAMES = {
    "name leading out": "../../../../etc/cron.d/x.jpg",
    "name leading out of windows": "..\\..\\Windows\\x.jpg",
    "name read from the right": "ちらし\u202egpj.exe",
    "name of 300 bytes": "字" * 100 + ".jpg",
    "name of 300 letters": "a" * 300 + ".jpg",
    "name of a device": "CON",
    "name with a zero byte": "a\x00b.jpg",
    "name with a line break": "a\r\nSet-Cookie: x=1.jpg",
    "name with a script": '"><script>alert(1)</script>.jpg',
    "hidden name": ".htaccess",
    "name of dots": "...",
    "name of another kind": "x.php",
}
PHOTO = hostile.picture("JPEG")
FILES = [
    *(Hostile(what, f"{number}.jpg", content) for number, (what, (content, _code)) in enumerate(REFUSED.items())),
    *(Hostile(what, "ちらし.pdf", content, "application/pdf") for what, content in HOSTILE_PDFS.items()),
    *(Hostile(what, "写真.jpg", content) for what, content in POLYGLOTS.items()),
    *(Hostile(what, name, PHOTO, "text/html") for what, name in NAMES.items()),
]
SOME = [
    *("svg", "html called jpg", "0 byte", "png of 121 megapixels", "pdf with a password"),
    *("script on opening", "attached program", "photo with a place", "jpg + zip", "jpg + html"),
    *(
        "jpg held in way 6",
        "photo of a telephone, heic",
        "name leading out",
        "name read from the right",
        "name of 300 bytes",
    ),
]
SENT = FILES if os.environ.get("FULL") else [file for file in FILES if file.what in SOME]
assert len({file.what for file in FILES}) == len(FILES) >= 60
assert os.environ.get("FULL") or len(SENT) == len(SOME)


def upload(file: Hostile) -> SimpleUploadedFile:
    upload = SimpleUploadedFile("x", file.content, content_type=file.content_type)
    upload._name = file.name  # as the wire has it; Django's own setter would tame it before we see it
    return upload


def in_fives() -> list[list[Hostile]]:
    return [SENT[start : start + AT_ONCE] for start in range(0, len(SENT), AT_ONCE)]


def files_of(batch: list[Hostile]) -> dict[str, SimpleUploadedFile]:
    return {f"file{number}": upload(file) for number, file in enumerate(batch, 1)}


def stored(root: str) -> list[Path]:
    return sorted(path for path in Path(root).rglob("*") if path.is_file() and path.name != "list.json")


def what_is_wrong_with(path: Path, root: str) -> list[str]:
    """Look at the bytes on the disk as somebody would who trusts nobody."""
    content, ending = path.read_bytes(), path.suffix
    faults = []
    if not path.resolve().is_relative_to(Path(root).resolve()) or not re.fullmatch(r"[0-9a-f]{32}", path.stem):
        faults.append("a name of the sender's")
    if ending not in TYPES:
        return [*faults, f"an ending of the sender's: {path.name}"]
    if TYPES[ending] == "PDF":
        everything = unfolded(content)
        if not content.startswith(b"%PDF-") or not content.rstrip().endswith(b"%%EOF") or content.count(b"%%EOF") > 1:
            faults.append("something before or behind the document")
        faults += sorted({word.decode() for word in HARMFUL_WORDS.findall(everything)})
        with pikepdf.open(io.BytesIO(content)) as document:
            faults += [f"info {key}" for key in document.docinfo if key not in ("/Producer",)]
        return faults + (["what must not survive"] if b"CANARY" in everything else [])
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        if image.format != TYPES[ending]:
            faults.append(f"{image.format} called {ending}")
        if getattr(image, "n_frames", 1) != 1:
            faults.append("more than one picture")
        if dict(image.getexif()) or {"exif", "xmp", "comment", "XML:com.adobe.xmp", "mp", "mpoffset"} & set(image.info):
            faults.append("metadata")
        again = io.BytesIO()
        image.save(again, "PNG")
    end = {"JPEG": content.rfind(b"\xff\xd9") + 2, "PNG": content.rfind(b"IEND") + 8}.get(TYPES[ending], len(content))
    if TYPES[ending] == "WEBP" and int.from_bytes(content[4:8], "little") + 8 != len(content):
        end = 0
    if end != len(content):
        faults.append("something behind the picture")
    tails = [word for word in (b"CANARY", b"<script", b"<?php", b"PK\x03\x04", b"%PDF") if word in content]
    return faults + [f"{word!r} inside" for word in tails]


@pytest.fixture
def root(settings, tmp_path) -> str:
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    return settings.PRIVATE_ROOT


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


def look(root: str, answers: list) -> None:
    """No fault of the server, nothing unsafe stored, and the next good file is taken: nobody was lost."""
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    found = {str(path): what_is_wrong_with(path, root) for path in stored(root)}
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert found, "nothing was taken at all: the test does not see what it looks at"


def test_hostile_files_sent_with_the_form(client, tree, root):
    answers = [client.post("/notices/new/", typed(NOW, keep="1", send=None) | files_of(batch)) for batch in in_fives()]
    look(root, answers)
    words = typed(NOW, alt1="もち", has_photo_consent="on")
    assert client.post("/notices/new/", words | {"file1": upload(FILES[-1])}).status_code == 302
    assert Notice.objects.get().attachments.get().kind == "image"
    assert not [path for path in stored(root) if what_is_wrong_with(path, root)]


def test_hostile_files_sent_one_by_one_while_somebody_writes(client, tree, root):
    answers = [client.post("/notices/new/upload/", {"file1": upload(file)}) for file in SENT]
    look(root, answers)
    assert {answer.status_code for answer in answers} == {200}
    for file, answer in zip(SENT, answers, strict=True):
        words = answer.json()["html"]
        assert "<script" not in words
        assert "\u202e" not in words
        assert "../" not in words
        if REFUSED.get(file.what):
            assert answer.json()["refused"], file.what


def test_hostile_files_sent_as_an_answer(client, tree, root):
    notice = receive(NOW)
    services.return_notice(notice=notice, reason="bad_attachment", message="", by=None, now=NOW)
    address = reverse("notices:answer", args=[token_of(notice)])
    answers = [
        client.post(address, {"text": "もう一度送ります", "keep": "1"} | files_of(batch)) for batch in in_fives()
    ]
    look(root, answers)
    assert client.post(address, {"text": "はい", "file1": upload(FILES[-1])}).status_code == 302
    notice.refresh_from_db()
    assert notice.attachments.count() == 1
    assert not [path for path in stored(root) if what_is_wrong_with(path, root)]


def test_the_examination_sees_what_is_hostile(root):
    """The files as they were sent would not pass it."""
    seen = 0
    for what in ("jpg + zip", "jpg + html", "two pictures in one jpg", "animated png", "photo of a telephone, webp"):
        path = Path(root) / f"{seen:032x}{'.png' if 'png' in what else '.webp' if 'webp' in what else '.jpg'}"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(POLYGLOTS[what])
        seen += bool(what_is_wrong_with(path, root))
    for what in ("script on opening", "attached program", "zip behind the end", "photo with a place"):
        path = Path(root) / f"{seen:032x}.pdf"
        path.write_bytes(HOSTILE_PDFS[what])
        seen += bool(what_is_wrong_with(path, root))
    assert seen == 9


def test_no_process_that_opens_files_is_left_over(client, tree, root):
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if not children.exists():
        pytest.skip("only Linux tells")
    before = children.read_text().split()
    client.post("/notices/new/upload/", {"file1": upload(FILES[-1]), "file2": upload(FILES[0])})
    assert set(children.read_text().split()) <= set(before)
