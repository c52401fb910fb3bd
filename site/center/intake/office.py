"""Word and Excel files of the staff are packed anew, without the names and places they carry beside the text.

Runs in the worker process (see `worker.py`) and imports no Django. The terms are those of ECMA-376 (Office Open XML).
"""

import io
import posixpath
import re
import zipfile

from lxml import etree
from PIL import Image

from .bounds import MAX_ARCHIVE_BYTES, MAX_ARCHIVE_ENTRIES
from .refusals import Refused
from .segments import strip_jpeg, strip_png

_CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_MAIN_PART_TYPES = {"docx": _CONTENT_TYPES["docx"] + ".main+xml", "xlsx": _CONTENT_TYPES["xlsx"] + ".main+xml"}
_TYPES_PART = "[Content_Types].xml"
# Macros, ActiveX controls, Excel 4 macro sheets and the bundled programs of older files.
_MACRO_PART = re.compile(r"vba(?:project|data|projectsignature)|activex|macrosheets|customui|ctrlprops", re.IGNORECASE)
_DDE_FIELD = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_EMBEDDED_OFFICE = re.compile(r"(?:word|xl)/embeddings/[^/]+\.(docx|xlsx)\Z", re.IGNORECASE)
_NOTES_PART = re.compile(r"docProps/|customXml/", re.IGNORECASE)
# Everything else is a file in the file: a web page, a program, another document.
_KNOWN_PART = re.compile(
    r"\.(?:xml|rels|vml|jpe?g|jfif|png|gif|bmp|tiff?|emf|wmf|svg|wdp|odttf|ttf|fntdata)\Z|/printerSettings/[^/]+\.bin\Z",
    re.IGNORECASE,
)
_OUTSIDE_TARGET = re.compile(r"[a-z][a-z0-9+.-]*:|\\\\|//", re.IGNORECASE)
_ALLOWED_TARGET = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
# Paths of the writer's own machine, and ties to the properties that are dropped (Word would blank the tied text).
_LEAVING_ELEMENTS = {"attachedTemplate", "absPath", "dataBinding"}
_NO_TARGET = "about:blank"
# zip's earliest date; the real one tells when the file was written.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_ORIENTATION_TAG = 0x0112


def clean(content: bytes, kind: str, *, is_embedded: bool = False) -> tuple[dict, bytes]:
    """Pack a docx or xlsx anew without document properties, outside links and the notes inside its pictures.

    Gives the facts (extension, content_type) and the new bytes.
    Raises Refused (macro, embedded, encrypted, too_heavy, unreadable); errors of zipfile and lxml pass through.
    """
    parts = _read_parts(content)
    _check_types(parts, kind)
    kept = {name: data for name, data in parts.items() if not _NOTES_PART.match(name)}
    dropped = set(parts) - set(kept)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in kept.items():
            cleaned = _clean_part(name, data, dropped, is_embedded=is_embedded)
            archive.writestr(zipfile.ZipInfo(name, _NO_DATE), cleaned, zipfile.ZIP_DEFLATED)
    return {"extension": f".{kind}", "content_type": _CONTENT_TYPES[kind]}, output.getvalue()


def _read_parts(content: bytes) -> dict[str, bytes]:
    """The parts of the package by name, in their order; bounded in number and in total size."""
    parts: dict[str, bytes] = {}
    left = MAX_ARCHIVE_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ARCHIVE_ENTRIES:
            raise Refused("too_heavy")
        for entry in entries:
            name = entry.filename
            if entry.flag_bits & 1:
                raise Refused("encrypted")
            if entry.is_dir():
                continue
            if name in parts or "\\" in name or name.startswith("/") or ".." in name.split("/"):
                raise Refused("unreadable")
            # The size an entry tells is not believed: no more than what is left is ever unpacked.
            with archive.open(entry) as unpacking:
                data = unpacking.read(left + 1)
            left -= len(data)
            if left < 0:
                raise Refused("too_heavy")
            parts[name] = data
    return parts


def _check_types(parts: dict[str, bytes], kind: str) -> None:
    types = parts.get(_TYPES_PART)
    if types is None:
        raise Refused("unreadable")
    declared = {(item.get("ContentType") or "").lower() for item in _parse(types)}
    if any("macro" in name or "vba" in name or "activex" in name for name in declared):
        raise Refused("macro")
    if any(_MACRO_PART.search(name) for name in parts):
        raise Refused("macro")
    if _MAIN_PART_TYPES[kind] not in declared:
        raise Refused("unreadable")


def _clean_part(name: str, data: bytes, dropped: set[str], *, is_embedded: bool) -> bytes:
    lowered = name.lower()
    if lowered == _TYPES_PART.lower():
        return _clean_types(data, dropped)
    if lowered.endswith(".rels"):
        return _clean_relationships(name, data, dropped)
    if lowered.endswith((".xml", ".vml")):
        return _clean_xml(name, data)
    if found := _EMBEDDED_OFFICE.match(name):
        # The table behind a chart is a workbook of its own, with its own author.
        if is_embedded:
            raise Refused("embedded")
        return clean(data, found[1].lower(), is_embedded=True)[1]
    if not _KNOWN_PART.search(name):
        raise Refused("embedded")
    if data.startswith(b"\xff\xd8\xff"):
        return strip_jpeg(data, exif=_orientation_only(data))
    if data.startswith(b"\x89PNG"):
        return strip_png(data)
    return data


def _clean_types(data: bytes, dropped: set[str]) -> bytes:
    root = _parse(data)
    for item in list(root):
        if (item.get("PartName") or "").removeprefix("/") in dropped:
            root.remove(item)
    return _write(root)


def _clean_relationships(name: str, data: bytes, dropped: set[str]) -> bytes:
    root = _parse(data)
    # "word/_rels/document.xml.rels" belongs to "word/document.xml"; its targets are told from "word/".
    folder = posixpath.dirname(posixpath.dirname(name))
    for item in list(root):
        target, kind = item.get("Target") or "", item.get("Type") or ""
        if item.get("TargetMode", "").lower() == "external" or _OUTSIDE_TARGET.match(target):
            if kind.endswith("/attachedTemplate"):
                root.remove(item)
            elif not (kind.endswith("/hyperlink") and _ALLOWED_TARGET.match(target)):
                # Kept with nowhere to go: a link that is missing altogether makes Word and Excel call the file damaged.
                item.set("Target", _NO_TARGET)
        elif posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") in dropped:
            root.remove(item)
    return _write(root)


def _clean_xml(name: str, data: bytes) -> bytes:
    root = _parse(data)
    # A field's words may be cut into several runs; together they say what it does.
    instructions = "".join(
        item.text or item.get(_qualified(item, "instr")) or ""
        for item in root.iter()
        if _local_name(item) in ("instrText", "fldSimple")
    )
    if _DDE_FIELD.search(instructions) or any(_local_name(item) == "ddeLink" for item in root.iter()):
        raise Refused("macro")
    leaving = [item for item in root.iter() if _local_name(item) in _LEAVING_ELEMENTS]
    for item in leaving:
        item.getparent().remove(item)
    return _write(root) if leaving else data


def _parse(data: bytes):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.doctype:
        # Office never writes one; it is where entity bombs live.
        raise Refused("unreadable")
    return root


def _write(root) -> bytes:
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def _local_name(item) -> str:
    # Comments and processing instructions have a function where elements have a name.
    return etree.QName(item).localname if isinstance(item.tag, str) else ""


def _qualified(item, attribute: str) -> str:
    namespace = etree.QName(item).namespace
    return f"{{{namespace}}}{attribute}" if namespace else attribute


def _orientation_only(jpeg: bytes) -> bytes:
    """EXIF data with nothing but how the camera was held, since Word turns the picture by it; empty when upright."""
    try:
        orientation = Image.open(io.BytesIO(jpeg), formats=["JPEG"]).getexif().get(_ORIENTATION_TAG, 1)
    except Exception:
        # Notes written by anybody break in any way.
        return b""
    if orientation not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[_ORIENTATION_TAG] = orientation
    return exif.tobytes()
