"""What a file is, told by its bytes alone; names and declared types are never asked."""

import re
import zlib

import puremagic

# Brands of ISO files that hold HEVC pictures (ISO/IEC 23008-12, annex B); "mif1" and "msf1" leave the codec open.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
# Some programs write a byte order mark or an empty line before the header; nothing else may stand there.
_PDF_START = re.compile(rb"\A(?:\xef\xbb\xbf)?[\s\x00]{0,64}%PDF-\d")
_HTML_TAGS = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|meta|title|table|div|a\s)", re.IGNORECASE)
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_ARCHIVE_STARTS = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"MSCF")
_OLE_START = bytes.fromhex("d0cf11e0a1b11ae1")
_HEAD_BYTES = 4096
# Control characters, and what the Windows encoding makes of bytes that stand for no character.
_NOT_IN_TEXTS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\uf8f0-\uf8f3]")

# What puremagic calls it → what we call it. Only used to find the right words for a refusal.
_PUREMAGIC_KINDS = {
    **dict.fromkeys(("tif", "tiff"), "tiff"),
    **dict.fromkeys(("bmp", "dib"), "bmp"),
    **dict.fromkeys(("avif",), "avif"),
    **dict.fromkeys(("psd", "ico", "jp2", "jxl", "cr2", "nef", "dng", "xcf", "eps", "ps", "emf", "wmf"), "picture"),
    **dict.fromkeys(("rtf",), "office"),
    **dict.fromkeys(("mp4", "m4v", "mov", "3gp", "avi", "mkv", "webm", "mpg", "mpeg", "wmv", "flv"), "video"),
    **dict.fromkeys(("mp3", "m4a", "wav", "ogg", "flac", "aac", "wma", "aiff", "mid"), "audio"),
    **dict.fromkeys(("zip", "rar", "7z", "gz", "tar", "cab", "iso", "lzh", "bz2", "xz"), "archive"),
    **dict.fromkeys(("exe", "dll", "msi", "apk", "class", "lnk", "swf"), "program"),
}


def detect_kind(content: bytes) -> str:
    """Say what `content` is.

    One of jpeg, png, webp, heic, pdf, docx, xlsx (what can be cleaned), gif, svg, tiff, bmp, avif, picture, word,
    excel, powerpoint, office, archive, program, video, audio, html, text, unknown. Never raises.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp":
        return _detect_iso_media(content)
    if _PDF_START.match(content):
        return "pdf"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content.startswith(b"PK\x03\x04"):
        return _detect_zip(content)
    if content.startswith(_OLE_START):
        return _detect_ole(content)
    if content.startswith(b"\x1f\x8b") and _unpacks_to_svg(content):
        return "svg"
    if content.startswith(_PROGRAM_STARTS):
        return "program"
    if content.startswith(_ARCHIVE_STARTS):
        return "archive"
    return _detect_markup(content) or _ask_puremagic(content) or ("text" if decode_text(content) else "unknown")


def decode_text(content: bytes) -> str | None:
    """The text in `content` (UTF-8, UTF-16 with a mark, or the Japanese Windows encoding), None when it is not text."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NOT_IN_TEXTS.search(text):
            return text
    return None


def _detect_iso_media(content: bytes) -> str:
    size = min(max(int.from_bytes(content[:4], "big"), 16), 256)
    major = content[8:12]
    brands = {major, *(content[at : at + 4] for at in range(16, size, 4))}
    if major in _AVIF_BRANDS or (brands & _AVIF_BRANDS and not brands & (_HEIC_BRANDS - {b"mif1", b"msf1"})):
        return "avif"
    return "heic" if major in _HEIC_BRANDS else "video"


def _detect_zip(content: bytes) -> str:
    # Member names stand uncompressed in a zip file, so a search finds them without opening the archive.
    if b"word/document" in content:
        return "docx"
    if b"xl/workbook" in content:
        return "xlsx"
    if b"ppt/presentation" in content:
        return "powerpoint"
    return "office" if b"application/vnd.oasis.opendocument" in content[:200] else "archive"


def _detect_ole(content: bytes) -> str:
    for stream_name, kind in (("WordDocument", "word"), ("Workbook", "excel"), ("PowerPoint Document", "powerpoint")):
        if stream_name.encode("utf-16-le") in content:
            return kind
    return "office"


def _unpacks_to_svg(content: bytes) -> bool:
    try:
        head = zlib.decompressobj(wbits=31).decompress(content, _HEAD_BYTES)
    except zlib.error:
        return False
    return b"<svg" in head.lower()


def _detect_markup(content: bytes) -> str | None:
    head = content[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe \t\r\n\f")
    if not head.startswith(b"<"):
        return None
    if b"<svg" in head.lower():
        return "svg"
    return "html" if _HTML_TAGS.search(head) else None


def _ask_puremagic(content: bytes) -> str | None:
    try:
        matches = puremagic.magic_string(content[:_HEAD_BYTES])
    except (puremagic.PureError, ValueError, IndexError):
        return None
    best = max((match.confidence for match in matches), default=0)
    # Two-byte signatures fit by chance into texts.
    if best < 0.4 and decode_text(content):
        return None
    kinds = (_PUREMAGIC_KINDS.get(match.extension.strip(".").lower()) for match in matches)
    return next((kind for kind in kinds if kind), None)
