"""A message as bytes: headers in ASCII, bodies in base64, lines of at most 76 characters. Pure.

Base64 is forced: quoted-printable makes Japanese three times as long, and a raw line over 998 octets breaks RFC 5322.
"""

import base64
import hashlib
import re
from email.utils import parseaddr

from newsletter.sending.addresses import wire_address

LINE = 76
_NAME = re.compile(r"[!-9;-~]+")
_BREAKS = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_WORD_FRAME = len("=?utf-8?B??=")
MAX_HEADER = 900
"""Characters of one unbroken word in a header; the standard ends a line at 998 octets."""


class UnsendableMessage(ValueError):
    """The message breaks the standard: a line break in a header, a word that no line can hold."""


def header_line(name: str, value: str) -> bytes:
    """One header, folded, ending in CRLF; words beside ASCII become encoded words (RFC 2047).

    Raises UnsendableMessage for a line break in the value: nobody smuggles a header in.
    """
    if not _NAME.fullmatch(name):
        raise UnsendableMessage(f"header name {name!r}")
    if _CONTROL.search(value):
        raise UnsendableMessage(f"control character in {name}")
    if value.isascii() and "=?" not in value:
        words = value.split()
    else:
        words = encoded_words(value, first=LINE - len(name) - 2)
    return _folded(name, words)


def mailbox_line(name: str, mailbox: str, *, display: str = "") -> bytes:
    """An address header: `mailbox` is an address, or `Name <address>`; `display` a name that wins over the one in it.

    Raises UnsendableMessage, UnmailableAddress.
    """
    shown, address = parseaddr(mailbox) if "<" in mailbox else ("", mailbox)
    shown = display or shown
    if not _NAME.fullmatch(name) or _CONTROL.search(shown):
        raise UnsendableMessage(f"control character in {name}")
    if not shown:
        return _folded(name, [wire_address(address)])
    if shown.isascii():
        words = ['"' + re.sub(r'(["\\])', r"\\\1", shown) + '"']
    else:
        words = encoded_words(shown, first=LINE - len(name) - 2)
    return _folded(name, [*words, f"<{wire_address(address)}>"])


def encoded_words(text: str, *, first: int) -> list[str]:
    """`text` as encoded words of at most 75 characters each, the first of at most `first`; no character is cut."""
    words: list[str] = []
    run = b""
    room = max(first, 24)
    for character in text:
        more = character.encode("utf-8", "replace")
        if run and _WORD_FRAME + 4 * -(-len(run + more) // 3) > room:
            words.append(_encoded_word(run))
            run, room = b"", LINE - 1
        run += more
    return [*words, _encoded_word(run)] if run else words


def message_bytes(headers: list[bytes], *, text: str, html: str = "", message_id: str) -> bytes:
    """The whole message with CRLF line ends: text alone, or text and HTML as alternatives. Same in, same bytes out."""
    bodies = [[base64_lines(body_bytes(one))] for one in ([text, html] if html else [text])]
    return b"".join(message_pieces(headers, bodies, boundary=boundary_of(message_id)))


def message_pieces(headers: list, bodies: list[list], *, boundary: object) -> list:
    """The pieces that a message is joined from; `bodies` holds the pieces of the text, and of the HTML if there is one.

    A piece is bytes, or whatever the caller puts in for what is filled in later. No line of a message begins with a
    dot, which SMTP would have to double: a header's line begins with its name or a space, a boundary's with a hyphen,
    and base64 has no dot.
    """
    mime = b"MIME-Version: 1.0\r\n"
    if len(bodies) == 1:
        return [*headers, mime + _part_head("plain"), *bodies[0]]
    text, html = bodies
    return [
        *(*headers, mime + b'Content-Type: multipart/alternative; boundary="', boundary),
        *(b'"\r\n\r\n--', boundary, b"\r\n" + _part_head("plain"), *text),
        *(b"--", boundary, b"\r\n" + _part_head("html"), *html),
        *(b"--", boundary, b"--\r\n"),
    ]


def boundary_of(message_id: str) -> bytes:
    """What stands between the parts of that message. "_" stands in no line of base64, so it stands in no body."""
    return f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:24]}".encode()


def body_bytes(content: str) -> bytes:
    """A body in UTF-8 with CRLF line ends, before it becomes base64."""
    return _BREAKS.sub("\r\n", content).encode()


def base64_lines(content: bytes) -> bytes:
    """A body in base64, in lines of 76 characters, each ending in CRLF."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def _part_head(subtype: str) -> bytes:
    return f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()


def _encoded_word(run: bytes) -> str:
    return f"=?utf-8?B?{base64.b64encode(run).decode()}?="


def _folded(name: str, words: list[str]) -> bytes:
    lines, line = [], f"{name}:"
    for word in words:
        if len(word) > MAX_HEADER:
            raise UnsendableMessage(f"{name} holds a word of {len(word)} characters")
        if len(line) + 1 + len(word) > LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"
