"""A mail that is built once for all is the same, octet by octet, as one that Python's own generator writes for each."""

import os
import random
from datetime import timedelta
from email import message_from_bytes
from email.generator import BytesGenerator
from email.mime.text import MIMEText
from email.policy import compat32, default
from io import BytesIO

import pytest

from center.models import CentreSettings
from newsletter.models import Delivery, Issue, MailFormat, Rendering
from newsletter.sending.message import IssueMail
from newsletter.sending.mime import UnsendableMessage
from newsletter.sending.prebuilt import EncodedSlot, slotted_base64
from newsletter.slots import TOKEN_SLOT, personal_url
from newsletter.tokens import personal_token
from tests.newsletter.sending.conftest import START

ROUNDS = 1_000 if os.environ.get("FULL") == "1" else 150
READERS = 3
WORDS = (
    "会計の講座",
    "土曜",
    " ",
    "\n",
    "\r\n",
    "\r",
    "abc",
    "é",
    "🎪",
    "<p>",
    "</p>",
    ".",
    "\n.\n",
    "=?",
    "ｱ",
    "--=_",
)
ADDRESSES = (
    "aki@reader.example",
    '"a..b."@docomo.ne.jp',
    "a" * 60 + "@" + "b" * 60 + ".example",
    "x+y@xn--wgv71a119e.example",
)
CENTRE = CentreSettings(
    sender_name="アシストパーク郡山 サポートメール", sender_email="mail@assist-park.example", reply_to="m@x.example"
)


def random_text(chance: random.Random) -> str:
    """Words, and slots at any place: the start, the end, side by side, on both sides of a line's end, or nowhere."""
    length = chance.choice((0, 1, 2, 3, 5, 30, 300, 3_000))
    parts = chance.choices(WORDS, k=length)
    for _ in range(chance.choice((0, 0, 1, 2, 5, 12))):
        parts.insert(chance.choice((0, len(parts), chance.randint(0, len(parts)))), TOKEN_SLOT)
    if chance.random() < 0.3:
        parts.append(TOKEN_SLOT * chance.randint(2, 4))
    return "".join(parts) or "。"


def by_python(data: bytes, texts: list[str]) -> bytes:
    """The message as the standard library writes it: its own base64 and its own generator, below the same headers."""
    message = message_from_bytes(data)
    parts = [part for part in message.walk() if not part.is_multipart()]
    for part, text in zip(parts, texts, strict=True):
        payload = MIMEText(with_crlf(text), "plain", "utf-8").get_payload()
        part.set_payload(payload.removesuffix("\n") if len(parts) > 1 else payload)  # there it is the boundary's
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, policy=compat32.clone(linesep="\r\n", max_line_length=0)).flatten(message)
    return out.getvalue()


def with_crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_it_is_what_python_would_write(seed) -> None:
    chance = random.Random(seed)
    html = random_text(chance) if chance.random() < 0.8 else ""
    rendering = Rendering(
        issue=Issue(slug="2026-12"), locale="ja", subject="12月号", text=random_text(chance), html=html
    )
    mail_format = chance.choice(MailFormat.values)
    mail = IssueMail(rendering, mail_format=mail_format, centre=CENTRE)
    for number in chance.sample(range(1, 10**6), READERS):
        delivery = Delivery(subscriber_id=number, email=chance.choice(ADDRESSES), message_id=f"<{number}@x.example>")
        data = mail.for_one(delivery, now=START + timedelta(seconds=number))
        token = personal_token(number)
        texts = [rendering.text, html] if html and mail_format != MailFormat.TEXT else [rendering.text]
        texts = [text.replace(TOKEN_SLOT, token) for text in texts]

        assert data == by_python(data, texts)
        lines = data.split(b"\r\n")
        assert max(len(line) for line in lines if b"@" not in line) <= 76  # one word cannot be folded
        assert not any(line.startswith(b".") or b"\r" in line or b"\n" in line for line in lines)
        read = message_from_bytes(data, policy=default)
        parts = [part for part in read.walk() if not part.is_multipart()]
        assert [part.get_payload(decode=True).decode() for part in parts] == [with_crlf(text) for text in texts]
        assert token in read["List-Unsubscribe"] and read["Message-ID"] == delivery.message_id
        assert TOKEN_SLOT.encode() not in data


@pytest.mark.parametrize("before", range(0, 120))
def test_a_token_may_lie_across_the_end_of_a_line(before) -> None:
    pieces = slotted_base64("x" * before + TOKEN_SLOT + "y" * 70, slot=TOKEN_SLOT)
    (place,) = [piece for piece in pieces if isinstance(piece, EncodedSlot)]
    assert len(place.filled(b"t" * 22).replace(b"\r\n", b"")) == 32


def test_who_has_no_link_any_more_gets_no_mail() -> None:
    rendering = Rendering(issue=Issue(slug="2026-12"), locale="ja", subject="12月号", text=personal_url(), html="")
    mail = IssueMail(rendering, mail_format="html", centre=CENTRE)
    for missing in ({"subscriber_id": None, "message_id": "<1@x.example>"}, {"subscriber_id": 1, "message_id": ""}):
        with pytest.raises(UnsendableMessage):
            mail.for_one(Delivery(email="aki@reader.example", **missing), now=START)
