"""A message in pieces: what is the same for everybody, computed once, and slots for what differs. Pure.

The token that differs has a fixed length. So in a body in base64 only those groups of four characters change that the
token's octets fall into; everything else stays where it is, line ends included.
"""

import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from newsletter.sending.mime import LINE, body_bytes

GROUP_OCTETS, GROUP_CHARACTERS = 3, 4
"""So many octets become so many characters of base64."""


class Place(Enum):
    """What is filled in as it is."""

    TOKEN = "token"
    BOUNDARY = "boundary"


BOUNDARY = Place.BOUNDARY


@dataclass(frozen=True)
class EncodedSlot:
    """Whole groups of base64 that hold one token or several.

    `around`: the octets before the first token, between two, and after the last. `breaks`: before which of its
    characters a line begins.
    """

    around: tuple[bytes, ...]
    breaks: tuple[int, ...]

    def filled(self, token: bytes) -> bytes:
        text = binascii.b2a_base64(token.join(self.around), newline=False)
        if not self.breaks:
            return text
        cuts = (0, *self.breaks, len(text))
        return b"\r\n".join(text[start:end] for start, end in pairwise(cuts))


Piece = bytes | Place | EncodedSlot


def slotted(line: bytes, *, slot: str) -> list[Piece]:
    """A piece of header, with the token where the slot stands."""
    first, *others = line.split(slot.encode())
    return [first, *(piece for other in others for piece in (Place.TOKEN, other))]


def slotted_base64(content: str, *, slot: str) -> list[Piece]:
    """A body in base64, in lines of 76 characters, with the token where the slot stands. The slot is as long as it."""
    parts = [body_bytes(part) for part in content.split(slot)]
    width = len(slot)
    whole = slot.encode().join(parts)
    text = binascii.b2a_base64(whole, newline=False)
    if not text:
        return [b""]
    pieces: list[Piece] = []
    done = 0
    for starts in _neighbours(_starts(parts, width), width):
        first, last = starts[0] // GROUP_OCTETS, (starts[-1] + width - 1) // GROUP_OCTETS
        low, high = first * GROUP_OCTETS, min((last + 1) * GROUP_OCTETS, len(whole))
        edges = [low, *(edge for start in starts for edge in (start, start + width)), high]
        around = tuple(whole[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
        begin, end = first * GROUP_CHARACTERS, min((last + 1) * GROUP_CHARACTERS, len(text))
        pieces.append(_lines(text, done, begin))
        pieces.append(EncodedSlot(around, tuple(cut - begin for cut in _breaks(begin, end))))
        done = end
    return [*pieces, _lines(text, done, len(text)) + b"\r\n"]


def joined_constants(pieces: Sequence[Piece]) -> list[Piece]:
    """The same pieces, with neighbouring constants made one."""
    joined: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def filled(pieces: Sequence[Piece], *, token: bytes, boundary: bytes) -> Iterator[bytes]:
    """The pieces as bytes. Equal slots are encoded once."""
    known: dict[Piece, bytes] = {Place.TOKEN: token, Place.BOUNDARY: boundary}
    for piece in pieces:
        if type(piece) is bytes:
            yield piece
            continue
        done = known.get(piece)
        if done is None:
            done = known[piece] = piece.filled(token)
        yield done


def _starts(parts: list[bytes], width: int) -> list[int]:
    """Where the tokens begin, in octets of the body."""
    starts, at = [], 0
    for part in parts[:-1]:
        starts.append(at + len(part))
        at = starts[-1] + width
    return starts


def _neighbours(starts: list[int], width: int) -> list[list[int]]:
    """Tokens that share a group of base64 belong together."""
    found: list[list[int]] = []
    for start in starts:
        if found and start // GROUP_OCTETS <= (found[-1][-1] + width - 1) // GROUP_OCTETS:
            found[-1].append(start)
        else:
            found.append([start])
    return found


def _breaks(begin: int, end: int) -> range:
    """The characters from `begin` up to `end` with which a new line begins; the first line needs no break."""
    first = max(-(-begin // LINE), 1) * LINE
    return range(first, end, LINE)


def _lines(text: bytes, begin: int, end: int) -> bytes:
    cuts = [begin, *_breaks(begin, end), end]
    return b"\r\n".join(text[start:stop] for start, stop in pairwise(cuts))
