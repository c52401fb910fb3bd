"""The relay of one's own machine: every message becomes a readable file."""

import email
import hashlib
import os
import re
from collections.abc import Callable, Sequence
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings

from center.opening import TOKYO
from newsletter.sending.lanes import Letter
from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage

LINE_LIMIT = 998
"""Octets of a line. Source: RFC 5322, 2.1.1."""
_READABLE = compat32.clone(cte_type="8bit", max_line_length=0)
_SHORT = 10


class FileTransport:
    """Writes one `.eml` file a message into a folder, for example `20261201-100000-issue-3f2a9c0b1d.eml`.

    The name holds the message's Date in Tokyo's time, its kind and a short hash of its Message-ID: the same message
    written again replaces its file. Bodies are written as they read instead of in base64. The folder is OUTBOX_DIR
    unless another is given.
    """

    is_paced = False  # no relay to spare

    def __init__(self, folder: str | Path = "") -> None:
        self.folder = Path(folder or settings.OUTBOX_DIR)
        self._known: dict[str, str] | None = None

    def open(self) -> None:
        """Make the folder where it is missing. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        names = (path.name for path in self.folder.glob("*.eml"))
        self._known = {name[: -len(".eml")].rpartition("-")[2]: name for name in names}

    def deliver(
        self,
        letters: Sequence[Letter],
        *,
        offered: Callable[[Letter], bool],
        settled: Callable[[Letter, Outcome], None],
    ) -> None:
        """One file after the other; see `Transport.deliver`."""
        for letter in letters:
            if not offered(letter):
                continue
            outcome = self.write(letter.data, kind=letter.kind)
            settled(letter, outcome)
            if outcome.is_about_the_relay:
                return

    def write(self, data: bytes, *, kind: str = "mail") -> Outcome:
        """Write the file, whole or not at all, and durably. A full disk is `deferred`."""
        try:
            if self._known is None:
                self.open()
            message = email.message_from_bytes(data)
            short = hashlib.sha256(message["Message-ID"].encode()).hexdigest()[:_SHORT]
            name = self._known.setdefault(short, _file_name(message, kind=kind, short=short))
            _write_whole(self.folder / name, readable_bytes(message))
        except OSError as error:
            return Outcome(OutcomeKind.DEFERRED, Stage.FILE, 0, str(error))
        return Outcome(OutcomeKind.SENT, Stage.FILE, 0, name)

    def close(self) -> None:
        """Forget what lies in the folder: another run may write there, and people tidy up."""
        self._known = None


def readable_bytes(message: Message) -> bytes:
    """The message with its texts as they read, in UTF-8; a text with a line too long for that stays in base64."""
    for part in message.walk():
        if part.is_multipart():
            continue
        body = part.get_payload(decode=True).replace(b"\r\n", b"\n")
        if max(map(len, body.split(b"\n"))) <= LINE_LIMIT:
            part.replace_header("Content-Transfer-Encoding", "8bit")
            part.set_payload(body.decode("ascii", "surrogateescape"))
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, policy=_READABLE).flatten(message)
    return out.getvalue()


def _file_name(message: Message, *, kind: str, short: str) -> str:
    at = parsedate_to_datetime(message["Date"]).astimezone(TOKYO)
    return f"{at:%Y%m%d-%H%M%S}-{re.sub(r'[^A-Za-z0-9-]+', '-', kind) or 'mail'}-{short}.eml"


def _write_whole(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
