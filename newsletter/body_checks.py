"""What the body of a page holds, read from its stored blocks: pictures and links. Pure."""

import re
from collections.abc import Iterable

PAGE_LINK = re.compile(r'<a[^>]*linktype="page"[^>]*>', re.IGNORECASE)
LINK_ID = re.compile(r'\bid="(\d+)"')


def _image_values(blocks: Iterable[dict]) -> list[dict]:
    return [block["value"] for block in blocks if block.get("type") == "image" and isinstance(block.get("value"), dict)]


def image_ids(blocks: Iterable[dict]) -> set[int]:
    """The numbers of the pictures in these blocks."""
    return {value["image"] for value in _image_values(blocks) if value.get("image")}


def has_unlabelled_image(blocks: Iterable[dict], labelled: set[int]) -> bool:
    """Is there a picture that is described neither here nor by itself (`labelled`)?"""
    return any(
        value.get("image") and not (value.get("alt") or value["image"] in labelled) for value in _image_values(blocks)
    )


def linked_page_ids(blocks: Iterable[dict]) -> set[int]:
    """The numbers of the pages to which text and link blocks lead."""
    found: set[int] = set()
    for block in blocks:
        value = block.get("value")
        if block.get("type") == "paragraph" and isinstance(value, str):
            for link in PAGE_LINK.findall(value):
                found |= {int(number) for number in LINK_ID.findall(link)}
        elif block.get("type") == "link" and isinstance(value, dict) and value.get("page"):
            found.add(int(value["page"]))
    return found
