"""Small pictures of files that were cleaned already, for the person who sent them."""

import io

from PIL import Image

LONGEST_SIDE = 480


def thumbnail(content: bytes) -> bytes:
    """A JPEG of at most LONGEST_SIDE pixels. Only for pictures that were made anew when they came in."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        small = picture.convert("RGBA") if picture.mode in ("P", "LA", "RGBA") else picture.convert("RGB")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()
