"""Pictures are painted anew: decoded, turned upright, brought to sRGB and encoded again, so that nothing but the
picture itself remains: no place, no camera, no comment, no second file behind the end.

Runs in the worker process (see `worker.py`) and imports no Django.

What comes out:
- photos (JPEG, HEIC, and PNG or WebP with many colours): JPEG, quality 88, progressive;
- drawings and screens (PNG or WebP with few colours) and PNG with see-through parts: PNG, no loss;
- WebP with see-through parts: WebP (PNG above 12 megapixels). Other WebP does not stay WebP: printers, and the
  programs with which the magazine is laid out, do not open it.
"""

import io
import warnings

import pillow_heif
from PIL import Image, ImageCms, ImageFile, ImageOps

from .bounds import FEW_COLOURS, JPEG_QUALITY, LARGE_PICTURE_PIXELS, MAX_JPEG_SCANS, MAX_PIXELS, MAX_SIDE, WEBP_QUALITY
from .refusals import Refused
from .segments import count_scans

# The worker opens one picture at a time; more threads only cost memory.
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)

# MPO is what telephones write: a JPEG with a second picture behind it. Pillow finds it through its JPEG plugin.
_PILLOW_FORMATS = {"jpeg": ["JPEG"], "png": ["PNG"], "webp": ["WEBP"], "heic": ["HEIF"]}
_TYPES = {"JPEG": (".jpg", "image/jpeg"), "PNG": (".png", "image/png"), "WEBP": (".webp", "image/webp")}
_MODES_TO_KEEP = {"1", "L", "RGB", "RGBA", "LA"}


def clean(content: bytes, kind: str) -> tuple[dict, bytes]:
    """Paint the picture of the given kind (jpeg, png, webp, heic) anew; only the first one of an animation.

    Gives the facts (extension, content_type, width and height in pixels) and the new bytes.
    Raises Refused (too_many_pixels, too_heavy, unreadable); Pillow's own errors pass through.
    """
    _check_before_decoding(content, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(content), formats=_PILLOW_FORMATS[kind])
        except Image.DecompressionBombError:
            raise Refused("too_many_pixels") from None
        _check_size(*image.size)
        image.load()
    _check_size(*image.size)
    image = _turn_upright(image)
    image = _bring_to_srgb(image)
    image = _drop_unused_alpha(image)
    encoding = _choose_encoding(image, kind)
    if encoding == "JPEG":
        image = _flatten(image)
    # A copy is a plain image without the file it came from; what is left in `info` would be written again.
    image = image.copy()
    image.info.clear()
    extension, content_type = _TYPES[encoding]
    facts = {"extension": extension, "content_type": content_type, "width": image.width, "height": image.height}
    return facts, _encode(image, encoding, keep_full_colour=kind in ("png", "webp"))


def _check_before_decoding(content: bytes, kind: str) -> None:
    if kind == "webp":
        # Pillow's decoder takes memory for the whole canvas when it opens the file.
        _check_size(*_measure_webp(content))
    if kind == "jpeg" and count_scans(content) > MAX_JPEG_SCANS:
        raise Refused("too_heavy")


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise Refused("unreadable")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Refused("too_many_pixels")


def _measure_webp(content: bytes) -> tuple[int, int]:
    """Width and height from the first chunk of a WebP file (RFC 9649)."""
    chunk, body = content[12:16], content[20:30]
    if len(body) < 10:
        raise Refused("unreadable")
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise Refused("unreadable")


def _turn_upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        # Notes written by anybody break in any way; then the picture stays as it lies.
        return image


def _bring_to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    image = _to_plain_mode(image, for_profile=bool(profile))
    if profile:
        image = _apply_profile(image, profile)
    return image.convert("RGB") if image.mode == "CMYK" else image


def _to_plain_mode(image: Image.Image, *, for_profile: bool) -> Image.Image:
    see_through = image.has_transparency_data
    if image.mode == "P" and not see_through and not for_profile:
        return image
    if image.mode.startswith("I;16") or image.mode == "I":
        # 16 bits a pixel: the upper eight are the picture.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if see_through and image.mode not in ("RGBA", "LA"):
        return image.convert("RGBA")
    if image.mode in _MODES_TO_KEEP or (image.mode == "CMYK" and for_profile):
        return image
    return image.convert("RGB")


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours of `image` as sRGB; unchanged when the profile is broken or made for another kind of picture."""
    in_grey = image.mode in ("1", "L", "LA")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    colours = image.convert({"1": "L", "LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode))
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    if in_grey:
        converted = converted.convert("L")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _drop_unused_alpha(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA") and image.getchannel("A").getextrema()[0] == 255:
        return image.convert(image.mode.removesuffix("A"))
    return image


def _choose_encoding(image: Image.Image, kind: str) -> str:
    if kind in ("jpeg", "heic"):
        return "JPEG"
    if image.mode in ("RGBA", "LA"):
        # WebP's encoder takes half a minute over a large picture, or finds no room for it.
        return "WEBP" if kind == "webp" and not _is_large(image) else "PNG"
    has_few_colours = image.mode in ("1", "L", "P") or image.getcolors(FEW_COLOURS) is not None
    return "PNG" if has_few_colours else "JPEG"


def _flatten(image: Image.Image) -> Image.Image:
    """A picture JPEG can hold: see-through parts become white."""
    if image.mode in ("RGBA", "LA"):
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _encode(image: Image.Image, encoding: str, *, keep_full_colour: bool) -> bytes:
    output = io.BytesIO()
    if encoding == "JPEG":
        # Pillow guesses how much room a progressive JPEG needs, and fails on noise if it guesses too little.
        ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 3 * image.width * image.height)
        # 4:4:4 for what was without loss before: coloured letters on a flyer would fray.
        subsampling = "4:4:4" if keep_full_colour else "4:2:0"
        image.save(output, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True, subsampling=subsampling)
    elif encoding == "WEBP":
        image.save(output, "WEBP", quality=WEBP_QUALITY)
    else:
        # The last tenth of the size costs most of the time; with large pictures that is half a minute.
        image.save(output, "PNG", compress_level=2 if _is_large(image) else 6)
    return output.getvalue()


def _is_large(image: Image.Image) -> bool:
    return image.width * image.height > LARGE_PICTURE_PIXELS
