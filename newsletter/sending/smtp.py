"""SMTP, spoken stage by stage, so that it is always known whether a message may have been taken.

The connection, TLS and AUTH come from smtplib. Where the relay offers pipelining (RFC 2920), the end of one message and
the next one's MAIL, RCPT and DATA are one write; the answers are read one by one all the same. A body leaves only after
the relay asked for it, and so after the answer to the body before it: at most one message of a connection is uncertain.
"""

import re
import smtplib
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.sending.lanes import Letter
from newsletter.sending.outcomes import SERVICE_NOT_AVAILABLE, Outcome, OutcomeKind, Stage

START_BODY = 354
_LOST = (smtplib.SMTPException, OSError)
_LINE_START_DOT = re.compile(rb"(?m)^\.")
_ENVELOPE = ((Stage.MAIL, (250,)), (Stage.RCPT, (250, 251, 252)), (Stage.DATA, (START_BODY,)))
"""What is asked before the body, and the answers that let it go on."""

Offered = Callable[[Letter], bool]
Settled = Callable[[Letter, Outcome], None]


@dataclass(frozen=True)
class SmtpAddress:
    """Where the relay is and how to reach it. `timeout` in seconds, for every answer."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    starttls: bool = False
    implicit_tls: bool = False
    timeout: float = 30.0

    def __repr__(self) -> str:
        return f"SmtpAddress({self.host}:{self.port})"  # never the password: this ends up in logs


class _Unreachable(Exception):
    """No conversation could be begun."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class SmtpTransport:
    """One connection to a relay, opened when it is needed and again after it was lost.

    | what happens | outcome |
    |---|---|
    | no connection, a bad greeting, EHLO, STARTTLS or AUTH fail | deferred |
    | 4xx to MAIL, RCPT, DATA or the body | deferred |
    | 5xx to MAIL, RCPT, DATA or the body | refused |
    | the connection is lost or times out before the relay asked for the body (354) | deferred |
    | the same, or an answer that is none, once the body has begun | ambiguous |
    """

    is_paced = True

    def __init__(self, address: SmtpAddress, *, ehlo_name: str, tls: ssl.SSLContext | None = None) -> None:
        self.address = address
        self.ehlo_name = ehlo_name
        self._tls = tls
        self._hung_up_on: Letter | None = None
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect now rather than with the first message. What fails is told by the first message."""
        self._reach()

    def deliver(self, letters: Sequence[Letter], *, offered: Offered, settled: Settled) -> None:
        """Hand the letters over in order, pipelined where the relay offers it. See `Transport.deliver`."""
        try:
            self._deliver(deque(letters), offered, settled)
        except BaseException:
            self._drop()  # the relay may be waiting for a body
            raise

    def _deliver(self, waiting: deque[Letter], offered: Offered, settled: Settled) -> None:
        self._hung_up_on = None
        asks_first = False
        while waiting:
            if trouble := self._reach():
                settled(waiting[0], trouble)
                return
            if not asks_first and self._smtp.has_extn("pipelining"):
                goes_on, asks_first = self._stream(waiting, offered, settled)
            else:
                goes_on = self._one(waiting.popleft(), offered, settled)
            if not goes_on:
                return

    def _one(self, letter: Letter, offered: Offered, settled: Settled) -> bool:
        if not offered(letter):
            return True
        outcome = self.send(letter.envelope_from, letter.rcpt, letter.data)
        settled(letter, outcome)
        return not outcome.is_about_the_relay

    def _reach(self) -> Outcome | None:
        """Connect where there is no connection; why it cannot be had, if so."""
        try:
            self._connect()
        except _Unreachable as error:
            self._drop()
            return error.outcome
        return None

    def _stream(self, waiting: deque[Letter], offered: Offered, settled: Settled) -> tuple[bool, bool]:
        """As many letters as one connection takes: (whether to go on, whether to ask first from now on).

        Letters leave `waiting` when their fate is known or they were turned down. To turn one down whose body the
        relay waits for, only hanging up is left; so the rest of the letters is asked about before anything is said.
        """
        outcome = self._announce(waiting[0])
        while True:
            letter = waiting[0]
            outcome = outcome or self._envelope_answers()
            if outcome is None:
                if not offered(letter):
                    waiting.popleft()
                    self._drop()
                    return True, True
                waiting.popleft()
                outcome = self._hand_over_body(letter.data, before=waiting[0] if waiting else None)
                settled(letter, outcome)
                is_announced = True
            elif self._is_hung_up(letter, outcome):
                return True, False
            else:
                waiting.popleft()
                settled(letter, outcome)
                is_announced = False
            if outcome.is_about_the_relay or not waiting or self._smtp is None:
                return not outcome.is_about_the_relay, False
            outcome = None if is_announced else self._announce(waiting[0])

    def _is_hung_up(self, letter: Letter, outcome: Outcome) -> bool:
        """Whether the relay hung up on an idle connection; nothing of this letter was said yet, so it is tried anew."""
        if self._smtp is not None or outcome.stage is not Stage.MAIL or outcome.code:
            return False
        is_first_time = self._hung_up_on is not letter
        self._hung_up_on = letter
        return is_first_time

    def _announce(self, letter: Letter) -> Outcome | None:
        """Write MAIL, RCPT and DATA at once; an outcome where the connection was lost."""
        try:
            self._smtp.send(self._envelope(letter))
        except _LOST as error:
            self._drop()
            return Outcome(OutcomeKind.DEFERRED, Stage.MAIL, 0, _words(error))
        return None

    def _envelope(self, letter: Letter) -> bytes:
        lines = (*self._commands(letter.envelope_from, letter.rcpt, len(letter.data)), "")
        return "\r\n".join(lines).encode("ascii")

    def _commands(self, envelope_from: str, rcpt: str, octets: int) -> tuple[str, str, str]:
        size = f" SIZE={octets}" if self._smtp.has_extn("size") else ""
        return f"MAIL FROM:<{envelope_from}>{size}", f"RCPT TO:<{rcpt}>", "DATA"

    def _envelope_answers(self) -> Outcome | None:
        """Read the three answers. None where the relay waits for the body, else why it does not."""
        refusal: tuple[Stage, int, bytes] | None = None
        for stage, wanted in _ENVELOPE:
            try:
                code, words = self._smtp.getreply()
            except _LOST as error:
                self._drop()
                return self._not_taken(*refusal) if refusal else Outcome(OutcomeKind.DEFERRED, stage, 0, _words(error))
            if code not in wanted and refusal is None:
                refusal = (stage, code, words)
            if code == SERVICE_NOT_AVAILABLE:
                return self._not_taken(*refusal)
        if refusal and code == START_BODY and not self._end_without_body(refusal[1]):
            self._drop()
        return self._not_taken(*refusal) if refusal else None

    def _end_without_body(self, refusal: int) -> bool:
        """The relay wants a body for nobody: an empty one. Not where the refusal was none that is known."""
        if not 400 <= refusal < 600:
            return False
        try:
            self._smtp.send(b".\r\n")
            self._smtp.getreply()
        except _LOST:
            return False
        return True

    def send(self, envelope_from: str, rcpt: str, data: bytes, *, kind: str = "mail") -> Outcome:
        """Hand over one message to one recipient. Both addresses as `wire_address` gives them; never raises."""
        was_open = self._smtp is not None
        outcome = self._try(envelope_from, rcpt, data)
        if was_open and self._smtp is None and outcome.stage is Stage.MAIL:
            # A relay hangs up on a connection that was idle; nothing of this message was said yet.
            outcome = self._try(envelope_from, rcpt, data)
        return outcome

    def close(self) -> None:
        """Say goodbye where there is a connection."""
        if self._smtp:
            try:
                self._smtp.quit()
            except _LOST:
                self._smtp.close()
        self._smtp = None

    def _try(self, envelope_from: str, rcpt: str, data: bytes) -> Outcome:
        if trouble := self._reach():
            return trouble
        commands = self._commands(envelope_from, rcpt, len(data))
        for (stage, wanted), command in zip(_ENVELOPE, commands, strict=True):
            try:
                code, words = self._smtp.docmd(command)
            except _LOST as error:
                self._drop()
                return Outcome(OutcomeKind.DEFERRED, stage, 0, _words(error))
            if code not in wanted:
                return self._not_taken(stage, code, words)
        return self._hand_over_body(data)

    def _hand_over_body(self, data: bytes, *, before: Letter | None = None) -> Outcome:
        """From the first octet on, silence means that the message may have been taken.

        `before`: the letter whose MAIL, RCPT and DATA go in the same write.
        """
        body = _LINE_START_DOT.sub(b"..", data) if data.startswith(b".") or b"\n." in data else data
        end = b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            self._smtp.send(b"".join((body, end, self._envelope(before) if before else b"")))
            code, words = self._smtp.getreply()
        except _LOST as error:
            self._drop()
            return Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, 0, _words(error))
        if 200 <= code < 300:
            return Outcome(OutcomeKind.SENT, Stage.BODY, code, _words(words))
        if 400 <= code < 600:
            return self._not_taken(Stage.BODY, code, words)
        self._drop()
        return Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, max(code, 0), _words(words))

    def _not_taken(self, stage: Stage, code: int, words: bytes) -> Outcome:
        """A clear no. The connection is made ready for the next message, or dropped."""
        refused = 500 <= code < 600
        if code == SERVICE_NOT_AVAILABLE or not 400 <= code < 600:
            self._drop()
        elif stage is not Stage.BODY:  # a refused body ended its transaction already
            self._reset()
        return Outcome(OutcomeKind.REFUSED if refused else OutcomeKind.DEFERRED, stage, max(code, 0), _words(words))

    def _reset(self) -> None:
        if self._smtp is None:
            return
        try:
            if self._smtp.docmd("RSET")[0] != 250:
                self._drop()
        except _LOST:
            self._drop()

    def _drop(self) -> None:
        """Hang up without a word: after an uncertain end nothing more may be said on this connection."""
        if self._smtp:
            self._smtp.close()
        self._smtp = None

    def _connect(self) -> None:
        if self._smtp is not None:
            return
        at = self.address
        self._step(Stage.CONNECT, self._greet)
        self._step(Stage.EHLO, self._smtp.ehlo_or_helo_if_needed)
        if at.starttls:
            self._step(Stage.TLS, self._start_tls)
            self._step(Stage.EHLO, self._smtp.ehlo_or_helo_if_needed)
        if at.user:
            self._step(Stage.AUTH, lambda: self._smtp.login(at.user, at.password))

    def _greet(self) -> None:
        at = self.address
        options = {"local_hostname": self.ehlo_name, "timeout": at.timeout}
        if at.implicit_tls:
            self._smtp = smtplib.SMTP_SSL(at.host, at.port, context=self._context(), **options)
        else:
            self._smtp = smtplib.SMTP(at.host, at.port, **options)

    def _start_tls(self) -> None:
        """Never without it: a relay that does not offer it gets no mail and no password."""
        self._smtp.starttls(context=self._context())

    def _context(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _step(self, stage: Stage, act: Callable[[], object]) -> None:
        try:
            act()
        except smtplib.SMTPResponseException as error:
            outcome = Outcome(OutcomeKind.DEFERRED, stage, max(error.smtp_code, 0), _words(error.smtp_error))
            raise _Unreachable(outcome) from error
        except _LOST as error:
            raise _Unreachable(Outcome(OutcomeKind.DEFERRED, stage, 0, _words(error))) from error


def _words(said: bytes | str | Exception) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:500] or type(said).__name__
