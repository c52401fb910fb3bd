"""Taking the notes out of JPEG, PNG and JPEG 2000 data without touching a pixel.

Used for pictures that sit inside other documents; pictures that come by themselves are painted anew instead.
"""

import re

from .refusals import Refused

_SOI, _EOI, _SOS, _COM, _APP0, _APP2, _APP14, _TEM = 0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xE2, 0xEE, 0x01
_RESTARTS = range(0xD0, 0xD8)
# After a scan begins, FF 00 is data and FF D0–D7 are restart marks; any other pair ends the scan.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_NOTE_SIGNS = (b"Exif\x00", b"http://ns.adobe.com/", b"Photoshop 3.0")

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs"}

_JP2_START = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_JP2_KEPT = {b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jpch", b"jplh", b"jp2c"}


class _Broken(Exception):
    """The data does not follow its own format."""


def count_scans(jpeg: bytes) -> int:
    """How many scans the first picture in `jpeg` has; counts as far as the data can be followed."""
    count = 0
    try:
        for marker, _start, _end in _jpeg_parts(jpeg):
            count += marker == _SOS
    except _Broken:
        pass
    return count


def strip_jpeg(jpeg: bytes, *, exif: bytes = b"") -> bytes:
    """`jpeg` without EXIF, XMP, comments, thumbnails and anything behind its end; colour information stays.

    `exif` (with its "Exif" start, below 64 KB) is put in instead of what was there.
    Raises Refused when the data cannot be followed and may carry notes.
    """
    kept = [b"\xff\xd8"]
    if exif:
        kept.append(b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif)
    try:
        kept += [jpeg[start:end] for marker, start, end in _jpeg_parts(jpeg) if not _is_note(marker, jpeg[start:end])]
    except _Broken:
        if any(sign in jpeg for sign in _NOTE_SIGNS):
            raise Refused("unreadable") from None
        return jpeg
    return b"".join(kept)


def strip_png(png: bytes) -> bytes:
    """`png` without text, EXIF, time and private chunks and anything behind its end. Raises Refused when broken."""
    if not png.startswith(_PNG_START):
        raise Refused("unreadable")
    kept, at = [_PNG_START], len(_PNG_START)
    while at + 12 <= len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        name = png[at + 4 : at + 8]
        if end > len(png):
            break
        if name in _PNG_KEPT:
            kept.append(png[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end
    raise Refused("unreadable")


def strip_jp2(jp2: bytes) -> bytes:
    """`jp2` without XML and UUID boxes (XMP, EXIF, GeoJP2). A bare codestream is left as it is.

    Raises Refused when broken.
    """
    if not jp2.startswith(_JP2_START):
        return jp2
    kept, at = [], 0
    while at + 8 <= len(jp2):
        size = int.from_bytes(jp2[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(jp2[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(jp2) - at
        if size < 8 or at + size > len(jp2):
            raise Refused("unreadable")
        if jp2[at + 4 : at + 8] in _JP2_KEPT:
            kept.append(jp2[at : at + size])
        at += size
    return b"".join(kept)


def _jpeg_parts(jpeg: bytes):
    """The segments after the start mark as (marker, start, end), a scan's data included in its segment.

    Stops behind the end mark; data that simply ends inside a scan ends there. Raises _Broken.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        raise _Broken
    at = 2
    while at < len(jpeg):
        if jpeg[at] != 0xFF:
            raise _Broken
        while at + 1 < len(jpeg) and jpeg[at + 1] == 0xFF:
            at += 1
        if at + 1 >= len(jpeg):
            raise _Broken
        marker = jpeg[at + 1]
        if marker == _EOI:
            yield marker, at, at + 2
            return
        if marker in (_TEM, _SOI) or marker in _RESTARTS:
            end = at + 2
        else:
            size = int.from_bytes(jpeg[at + 2 : at + 4], "big")
            end = at + 2 + size
            if size < 2 or end > len(jpeg):
                raise _Broken
        if marker == _SOS:
            found = _NEXT_MARKER.search(jpeg, end)
            end = found.start() if found else len(jpeg)
        yield marker, at, end
        at = end


def _is_note(marker: int, segment: bytes) -> bool:
    if marker == _COM:
        return True
    if marker == _APP0:
        return not segment[4:].startswith(b"JFIF\x00")
    if marker == _APP2:
        return not segment[4:].startswith(b"ICC_PROFILE\x00")
    return _APP0 < marker <= 0xEF and marker != _APP14
