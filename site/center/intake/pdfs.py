"""PDF files are rewritten: what acts, what is attached and what tells about the author is left out.

Runs in the worker process (see `worker.py`) and imports no Django.

The document is not walked along its known paths, because a hostile file hides things beside them: every object is
looked at, wherever it hangs. Objects are told apart by what they are (an action, a file specification, …), since the
names of fonts and pictures are free and may look like any key. The terms are those of ISO 32000-2.
"""

import io
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream
from pikepdf.settings import set_qpdf_limits

from .bounds import MAX_PDF_OBJECTS, MAX_PDF_PAGES, MAX_PDF_STREAM_BYTES
from .refusals import Refused
from .segments import strip_jp2, strip_jpeg

set_qpdf_limits(flate_max_memory=MAX_PDF_STREAM_BYTES, run_length_max_memory=MAX_PDF_STREAM_BYTES, max_stream_filters=8)

# What a link may do: go to a place in the same document, open a web page or a mail, turn the page.
_ALLOWED_ACTIONS = {"/GoTo", "/URI", "/Named"}
_ALLOWED_NAMED_ACTIONS = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}
# Emptied wherever they stand, even where no reader would look for an action.
_FORBIDDEN_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/GoToR",
    "/GoToE",
    "/SubmitForm",
    "/ResetForm",
    "/ImportData",
    "/Rendition",
    "/Movie",
    "/Sound",
    "/RichMediaExecute",
    "/GoTo3DView",
}
_ALLOWED_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\x00-\x20\x7f]*\Z", re.IGNORECASE)
_FORBIDDEN_ANNOTATIONS = {"/FileAttachment", "/Movie", "/Sound", "/Screen", "/RichMedia", "/3D", "/Projection"}
_FORBIDDEN_TYPES = {
    "/EmbeddedFile",
    "/Filespec",
    "/FileSpec",
    "/F",
    "/Metadata",
    "/Rendition",
    "/MediaClip",
    "/Sig",
    "/DocTimeStamp",
}
# What may set off an action: ISO 32000-2, tables 197 to 200.
_EVENTS = {"/E", "/X", "/D", "/U", "/Fo", "/Bl", "/PO", "/PC", "/PV", "/PI", "/O", "/C"}
_EVENTS |= {"/K", "/F", "/V", "/WC", "/WS", "/DS", "/WP", "/DP"}
_CATALOG_KEYS = {
    "/Type",
    "/Version",
    "/Extensions",
    "/Pages",
    "/PageLabels",
    "/Names",
    "/Dests",
    "/ViewerPreferences",
    "/PageLayout",
    "/PageMode",
    "/Outlines",
    "/AcroForm",
    "/StructTreeRoot",
    "/MarkInfo",
    "/Lang",
    "/OutputIntents",
    "/OCProperties",
}
_FORM_KEYS = {"/Fields", "/NeedAppearances", "/DR", "/DA", "/Q"}
# Photos keep the notes of the camera inside a PDF too.
_STRIPPERS = {"/DCTDecode": strip_jpeg, "/DCT": strip_jpeg, "/JPXDecode": strip_jp2}
_ANNOTATION_NOTES = ("/T", "/M", "/CreationDate", "/NM")


def clean(content: bytes, kind: str = "pdf") -> tuple[dict, bytes]:
    """Rewrite a PDF without active content, attachments and notes about its origin.

    Links to web and mail addresses, bookmarks, form fields, layers and the structure for screen readers stay.
    Gives the facts (extension, content_type, pages) and the new bytes.
    Raises Refused (encrypted, pdf_portfolio, pdf_dynamic_form, too_many_pages, too_heavy, unreadable); pikepdf's own
    errors pass through.
    """
    if b"%%EOF" not in content:
        # The rest of a file whose transfer broke off: what could still be rescued would lack pages.
        raise Refused("unreadable")
    try:
        pdf = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    with pdf:
        pages = _check_document(pdf, len(content))
        for item in pdf.objects:
            for part in _walk_direct(item):
                _clean_part(part)
        _clean_catalog(pdf)
        _clean_trailer(pdf)
        output = io.BytesIO()
        pdf.save(
            output,
            linearize=False,
            preserve_pdfa=False,
            fix_metadata_version=False,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            # Streams are copied as they are: nothing is unfolded that could grow.
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
    return {"extension": ".pdf", "content_type": "application/pdf", "pages": pages}, output.getvalue()


def _check_document(pdf: pikepdf.Pdf, size: int) -> int:
    """Refuse what must not or cannot be rewritten; gives the number of pages."""
    if pdf.is_encrypted:
        raise Refused("encrypted")
    if len(pdf.objects) > MAX_PDF_OBJECTS:
        raise Refused("too_heavy")
    if "/Collection" in pdf.Root:
        raise Refused("pdf_portfolio")
    if pdf.Root.get("/NeedsRendering") is True:
        raise Refused("pdf_dynamic_form")
    for item in pdf.objects:
        # A file made for the web says how long it is; a shorter one has lost its end, and pages with it.
        if isinstance(item, Dictionary) and "/Linearized" in item:
            told = item.get("/L")
            if isinstance(told, int) and told > size:
                raise Refused("unreadable")
    pages = len(pdf.pages)
    if pages < 1:
        raise Refused("unreadable")
    if pages > MAX_PDF_PAGES:
        raise Refused("too_many_pages")
    return pages


def _walk_direct(item: Object) -> Iterator[Object]:
    """`item` and the dictionaries inside it that are not objects of their own (those get their own turn)."""
    waiting = [item]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Dictionary | Stream):
            yield part
            children = [part[key] for key in part.keys()]  # noqa: SIM118 - a stream is not a mapping
        elif isinstance(part, Array):
            children = list(part)
        else:
            continue
        waiting += [child for child in children if isinstance(child, Dictionary | Array) and not child.is_indirect]


def _clean_part(part: Object) -> None:
    if _is_forbidden(part):
        _empty(part)
        return
    if _name_in(part, "/S") in _ALLOWED_ACTIONS:
        _drop(part, "/Next")
    _drop_actions(part)
    _drop_attachments(part)
    _drop_notes(part)
    if isinstance(part, Stream):
        _clean_stream(part)


def _is_forbidden(part: Object) -> bool:
    action, kind, subtype = _name_in(part, "/S"), _name_in(part, "/Type"), _name_in(part, "/Subtype")
    if action in _FORBIDDEN_ACTIONS or kind in _FORBIDDEN_TYPES:
        return True
    if action == "/URI":
        return not _ALLOWED_ADDRESS.match(str(part.get("/URI", "")))
    if action == "/Named":
        return _name_in(part, "/N") not in _ALLOWED_NAMED_ACTIONS
    if subtype in _FORBIDDEN_ANNOTATIONS and "/Rect" in part:
        return True
    # A file specification or a signature without its /Type.
    return isinstance(part.get("/EF"), Dictionary) or isinstance(part.get("/ByteRange"), Array)


def _drop_actions(part: Object) -> None:
    for key in ("/A", "/PA"):
        action = part.get(key)
        if isinstance(action, Dictionary) and not _may_stay(action):
            _drop(part, key)
    events = part.get("/AA")
    if isinstance(events, Dictionary) and any(isinstance(events.get(event), Dictionary) for event in _EVENTS):
        _drop(part, "/AA")
    if isinstance(part.get("/JS"), pikepdf.String):
        _drop(part, "/JS")
    if _name_in(part, "/FT") == "/Sig":
        _drop(part, "/V")
    annotations = part.get("/Annots")
    if isinstance(annotations, Array):
        kept = [annotation for annotation in annotations if _is_harmless_annotation(annotation)]
        part["/Annots"] = Array(kept)


def _may_stay(action: Object) -> bool:
    """Whether what stands under /A is an allowed action, or something else (a font, attributes)."""
    is_action = not action.keys() or "/S" in action or _name_in(action, "/Type") == "/Action"
    return not is_action or (_name_in(action, "/S") in _ALLOWED_ACTIONS and not _is_forbidden(action))


def _is_harmless_annotation(annotation: Object) -> bool:
    if not isinstance(annotation, Dictionary) or _is_forbidden(annotation):
        return False
    return _name_in(annotation, "/Subtype") not in {None, *_FORBIDDEN_ANNOTATIONS}


def _drop_attachments(part: Object) -> None:
    associated = part.get("/AF")
    if isinstance(associated, Array) and all(isinstance(item, Dictionary | Stream) for item in associated):
        _drop(part, "/AF")
    for key in ("/RichMediaContent", "/RichMediaSettings", "/RF"):
        if isinstance(part.get(key), Dictionary | Array):
            _drop(part, key)


def _drop_notes(part: Object) -> None:
    metadata = part.get("/Metadata")
    if isinstance(metadata, Stream) and _name_in(metadata, "/Subtype") not in ("/Image", "/Form"):
        _drop(part, "/Metadata")
    if isinstance(part.get("/PieceInfo"), Dictionary):
        _drop(part, "/PieceInfo")
    if isinstance(part.get("/LastModified"), pikepdf.String):
        _drop(part, "/LastModified")
    if _name_in(part, "/Type") == "/Page":
        _drop(part, "/Thumb")
    if "/Rect" in part and _name_in(part, "/Subtype") not in (None, "/Widget"):
        # The name of whoever wrote a comment, and when. (A widget's /T is the name of its field.)
        for key in _ANNOTATION_NOTES:
            _drop(part, key)
    for key in [key for key in part.keys() if key.startswith("/PTEX.")]:  # noqa: SIM118 - a stream is not a mapping
        # TeX writes the paths of its files here.
        _drop(part, key)


def _clean_stream(stream: Stream) -> None:
    # A stream whose data lie in another file, and the old ways to refer to one.
    for key in ("/F", "/FFilter", "/FDecodeParms", "/Ref", "/OPI"):
        _drop(stream, key)
    if _name_in(stream, "/Subtype") == "/PS":
        _empty(stream)
        return
    filters = stream.get("/Filter")
    filters = list(filters) if isinstance(filters, Array) else [filters]
    strip = _STRIPPERS.get(str(filters[-1])) if filters else None
    if strip is None:
        return
    packed = _read_behind(stream, filters[:-1])
    stripped = strip(packed)
    if stripped != packed:
        parameters = stream.get("/DecodeParms")
        if isinstance(parameters, Array):
            parameters = parameters[-1] if len(parameters) == len(filters) else None
        stream.write(
            stripped,
            filter=Name(str(filters[-1])),
            decode_parms=parameters if isinstance(parameters, Dictionary) else None,
        )


def _read_behind(stream: Stream, outer_filters: list[Object]) -> bytes:
    """The data of a picture as its own codec wrote them, with the outer packing (if any) taken off."""
    raw = stream.read_raw_bytes()
    if not outer_filters:
        return raw
    with pikepdf.new() as scratch:
        outer = Stream(scratch, raw)
        outer["/Filter"] = Array([Name(str(name)) for name in outer_filters])
        return outer.read_bytes()


def _clean_catalog(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    for key in set(root.keys()) - _CATALOG_KEYS:
        _drop(root, key)
    names = root.get("/Names")
    if isinstance(names, Dictionary) and "/Dests" in names:
        root["/Names"] = Dictionary(Dests=names["/Dests"])
    else:
        _drop(root, "/Names")
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary):
        for key in set(form.keys()) - _FORM_KEYS:
            _drop(form, key)
    else:
        _drop(root, "/AcroForm")


def _clean_trailer(pdf: pikepdf.Pdf) -> None:
    for key in ("/Info", "/ID", "/Prev", "/XRefStm"):
        _drop(pdf.trailer, key)


def _name_in(part: Object, key: str) -> str | None:
    value = part.get(key)
    return str(value) if isinstance(value, Name) else None


def _drop(part: Object, key: str) -> None:
    if key in part:
        del part[key]


def _empty(part: Object) -> None:
    if isinstance(part, Stream):
        part.write(b"")
    for key in set(part.keys()) - {"/Length"}:
        _drop(part, key)
