"""Letters as anymail takes them. What is said is read from the finished message, so it is what SMTP would carry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from anymail.message import AnymailMessage
from anymail.utils import parse_address_list

from center.models import OutgoingMail
from newsletter.sending.esp_services import Service
from newsletter.sending.lanes import Letter
from newsletter.tokens import personal_token

SAID_ELSEWHERE = frozenset({"from", "to", "reply-to", "subject", "date", "message-id", "mime-version"})
"""Headers that are a field of their own for the service, or that it writes itself."""
_SPECIAL = re.compile(r'(["\\])')


@dataclass(frozen=True)
class Said:
    """One message, taken apart. `headers` are those beside the usual fields."""

    sender: str
    reply_to: list[str]
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    message_id: str


def said_in(data: bytes) -> Said:
    """Read a finished message of ours: text alone, or text and HTML."""
    message = message_from_bytes(data)
    parts = {part.get_content_subtype(): part for part in message.walk() if not part.is_multipart()}
    html = parts.get("html")
    return Said(
        sender=_mailbox(message["From"]),
        reply_to=[_mailbox(message["Reply-To"])] if message["Reply-To"] else [],
        subject=_decoded(message["Subject"]),
        text=_content(parts["plain"]),
        html=_content(html) if html else "",
        headers={
            name: _decoded(value)
            for name, value in message.items()
            if name.lower() not in SAID_ELSEWHERE and not name.lower().startswith("content-")
        },
        message_id=_decoded(message["Message-ID"]),
    )


def metadata_of(letter: Letter) -> dict[str, str]:
    """What the service gives back with every report: which of our rows this was."""
    name = "mail" if isinstance(letter.row, OutgoingMail) else "delivery"
    return {name: str(letter.row.pk)}


def is_plain_for_anymail(address: str) -> bool:
    """Whether anymail leaves an address as it is."""
    return [one.addr_spec for one in parse_address_list([address])] == [address]


def single_message(letter: Letter, service: Service, *, options: dict[str, str]) -> AnymailMessage:
    """One mail to one recipient as a request of its own."""
    said = said_in(letter.data)
    message = _message(said, service, to=[letter.rcpt], kind=letter.kind, options=options)
    message.extra_headers = _headers(said, service, with_id=service.keeps_message_id)
    message.metadata = metadata_of(letter)
    if not is_plain_for_anymail(letter.rcpt):
        message.esp_extra |= service.to_as_it_is(letter.rcpt)
    return message


def batch_message(letters: Sequence[Letter], service: Service, *, options: dict[str, str]) -> AnymailMessage:
    """Mails of one edition in one request: a message for each, with their own token, headers and metadata.

    The body is that of the first, with the service's merge field where its token stands.
    """
    said = said_in(letters[0].data)
    token = personal_token(letters[0].row.subscriber_id)
    to = [letter.rcpt for letter in letters]
    message = _message(said, service, to=to, kind=letters[0].kind, options=options)
    message.body = message.body.replace(token, service.merge_field)
    message.alternatives = [(html.replace(token, service.merge_field), kind) for html, kind in message.alternatives]
    message.merge_data, message.merge_headers, message.merge_metadata = {}, {}, {}
    for letter in letters:
        own = said_in(letter.data)
        message.merge_data[letter.rcpt] = {service.merge_name: personal_token(letter.row.subscriber_id)}
        message.merge_headers[letter.rcpt] = _headers(own, service, with_id=service.keeps_it_in_batch)
        message.merge_metadata[letter.rcpt] = metadata_of(letter)
    return message


def _message(said: Said, service: Service, *, to: list[str], kind: str, options: dict[str, str]) -> AnymailMessage:
    message = AnymailMessage(
        subject=said.subject, body=said.text, from_email=said.sender, to=to, reply_to=said.reply_to or None
    )
    if said.html:
        message.attach_alternative(said.html, "text/html")
    message.esp_extra = dict(service.extra)
    if "stream" in options and kind == "issue":
        message.esp_extra["MessageStream"] = options["stream"]
    if service.switches_tracking:
        message.track_opens = message.track_clicks = False
    return message


def _headers(said: Said, service: Service, *, with_id: bool) -> dict[str, str]:
    own_id = {"Message-ID": said.message_id, **service.extra_headers} if with_id else {}
    return said.headers | own_id


def _content(part: Message) -> str:
    return part.get_payload(decode=True).decode().replace("\r\n", "\n")


def _mailbox(header: str) -> str:
    """As people write it: the name in its own letters, quoted.

    Not read by the newer policies of `email`: they put a space between two encoded words of a name.
    """
    display, address = parseaddr(_unfolded(header))
    name = _SPECIAL.sub(r"\\\1", _decoded(display))
    return f'"{name}" <{address}>' if name else address


def _decoded(header: str) -> str:
    return str(make_header(decode_header(_unfolded(header)))).strip()


def _unfolded(header: str) -> str:
    return "".join(header.splitlines())
