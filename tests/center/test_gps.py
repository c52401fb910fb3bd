"""Where a photo was taken is nobody's business: no place in any byte that is stored or served, whatever came in."""

import io
import os
import re
from pathlib import Path

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from activities.models import Notice
from tests.activities.notice_builders import day, make_and_publish, typed
from tests.center import hostile
from tests.center.test_uploads import unfolded

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 18, 9)
PLACE = re.compile(rb"GPSL|GPSVersion|exif:GPS|\x88\x25|CANARY|Exif\x00\x00|eXIf")
WIDTHS = ("fill-160x90", "width-400", "width-800", "original", "max-320x320|format-webp")


def with_place(document: pikepdf.Pdf) -> None:
    """A photo with its place on a page, and the place once more in the notes of the document."""
    hostile.photo_inside(document)
    hostile.origin_notes(document)


def big(fmt: str) -> bytes:
    """A photo large enough for every rendition, with its place."""
    photo = hostile.noisy_photo((900, 600))
    return hostile.picture(fmt, photo, exif=hostile.gps_exif(6), **({"xmp": hostile.XMP} if fmt != "PNG" else {}))


def two_with_place() -> bytes:
    """A photo of a telephone that hides a second one behind the first, both with their place."""
    second = Image.new("RGB", (40, 20), (0, 255, 0))
    return hostile.picture("MPO", save_all=True, append_images=[second], exif=hostile.gps_exif(1))


SENT = {
    "jpeg": ("写真.jpg", lambda: big("JPEG")),
    "png": ("写真.png", lambda: big("PNG")),
    "webp": ("写真.webp", lambda: big("WEBP")),
    "heic": ("写真.heic", lambda: big("HEIF")),
    "pdf": ("ちらし.pdf", lambda: hostile.pdf(with_place)),
    "mpo": ("写真.jpg", two_with_place),
}
FORMATS = list(SENT) if os.environ.get("FULL") else ["jpeg", "heic", "pdf"]


def places_in(content: bytes) -> list[str]:
    """Every trace of a place that can be found in a file: by its bytes, by its tags, inside its pictures."""
    found = [repr(match) for match in PLACE.findall(content) if match != b"\x88\x25"]
    if content.startswith(b"%PDF"):
        found += [repr(match) for match in PLACE.findall(unfolded(content)) if match != b"\x88\x25"]
        with pikepdf.open(io.BytesIO(content)) as document:
            for page in document.pages:
                for image in page.get_images().values():
                    found += places_in_picture(pikepdf.PdfImage(image).as_pil_image())
        return found
    try:
        with Image.open(io.BytesIO(content)) as image:
            found += places_in_picture(image)
    except OSError:
        return found
    return found


def places_in_picture(image: Image.Image) -> list[str]:
    exif = image.getexif()
    tags = [*exif.get_ifd(0x8825).items(), *(item for item in exif.items() if item[0] == 0x8825)]
    return [f"tag {tag}" for tag in tags] + [key for key in ("xmp", "XML:com.adobe.xmp", "exif") if image.info.get(key)]


@pytest.mark.parametrize("kind", SENT)
def test_what_is_sent_does_tell_the_place(kind):
    assert places_in(SENT[kind][1]())


@pytest.mark.parametrize("kind", FORMATS)
def test_no_place_is_left_in_any_byte_stored_or_served(kind, client, tree, settings, tmp_path):
    settings.PRIVATE_ROOT, media = str(tmp_path / "private"), Path(settings.MEDIA_ROOT)
    before = set(media.rglob("*"))
    name, make = SENT[kind]
    with time_machine.travel(NOW, tick=False):
        file = SimpleUploadedFile(name, make(), content_type="image/jpeg")
        answer = client.post("/notices/new/", typed(NOW, alt1="もちをつく人", has_photo_consent="on") | {"file1": file})
        assert answer.status_code == 302, answer.content.decode()[:500]
    notice = Notice.objects.get()
    page = make_and_publish(notice, NOW)
    attachment = notice.attachments.get()
    with time_machine.travel(NOW, tick=False):
        if attachment.image:
            for width in WIDTHS:
                attachment.image.get_rendition(width)
        served = list(all_served(client, page))
    written = [*tmp_path.rglob("*"), *(set(media.rglob("*")) - before)]
    on_disk = {path: path.read_bytes() for path in written if path.is_file()}
    assert len(on_disk) >= (2 + len(WIDTHS) if attachment.image else 2), on_disk.keys()
    assert served
    found = {str(path): places_in(content) for path, content in on_disk.items()}
    found |= {address: places_in(content) for address, content in served}
    assert {where: places for where, places in found.items() if places} == {}


def all_served(client, page):
    """Every picture and document that the public page leads to, with its bytes."""
    html = client.get(page.get_url()).content.decode()
    addresses = set(re.findall(r'(?:src|href)="(/(?:media|documents)/[^"]+)"', html))
    for part in re.findall(r'srcset="([^"]+)"', html):
        addresses |= {address.split()[0] for address in part.split(",") if address.strip().startswith("/media/")}
    addresses |= set(re.findall(r'content="[^"]*?(/media/[^"]+)"', html))
    for address in sorted(addresses):
        answer = client.get(address)
        assert answer.status_code == 200, address
        yield address, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_second_picture_behind_a_photo_is_looked_for(tmp_path):
    path = Path(tmp_path / "two.jpg")
    path.write_bytes(two_with_place())
    assert places_in(path.read_bytes())
