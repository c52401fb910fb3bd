"""Mail through the interface of a mail service: HTTP by way of anymail, one recipient a message."""

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from anymail.exceptions import AnymailNotSupportedWarning, AnymailRequestsAPIError
from anymail.message import AnymailMessage
from django.utils.module_loading import import_string
from requests.exceptions import InvalidHeader, InvalidURL

from newsletter.sending import esp_outcomes
from newsletter.sending.addresses import UnmailableAddress
from newsletter.sending.esp_mail import batch_message, is_plain_for_anymail, single_message
from newsletter.sending.esp_services import EspSettings, EspSettingsError
from newsletter.sending.esp_session import Wire, watch
from newsletter.sending.lanes import ENOUGH_EQUAL_ERRORS, Letter
from newsletter.sending.mime import UnsendableMessage
from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage

warnings.filterwarnings("ignore", category=AnymailNotSupportedWarning)  # the documentation says so instead

CONNECT_TIMEOUT = 10.0
LONGEST_IDLE = 4.0
"""Seconds; a connection that was idle for longer is opened anew, since the other side may just be closing it."""
SHORT_WAIT = 10.0
"""Seconds that are waited for on the spot when the service asks for them; a longer wait ends the run."""

Offered = Callable[[Letter], bool]
Settled = Callable[[Letter, Outcome], None]


class EspTransport:
    """Hands letters to one mail service. Where it merges bodies, up to `batch` mails of one edition are one request."""

    is_paced = True

    def __init__(self, settings: EspSettings, *, sleep: Callable[[float], object] = time.sleep) -> None:
        self.settings = settings
        self.service = settings.service
        self.sleep = sleep
        self._wire = Wire()
        self._backend = None
        self._used_at = 0.0
        self._quiet_until = 0.0
        self._same_refusal = ("", 0)

    def __repr__(self) -> str:
        return f"EspTransport({self.service.name})"  # never the key: this ends up in logs

    @property
    def chunk(self) -> int:
        """How many mails are best handed over at once."""
        return self.settings.batch if self.service.merge_field else 1

    def open(self) -> None:
        """Make the session; nothing is said to the service yet."""
        if self._backend is None:
            self._backend = self._made_backend()
            self._backend.open()
            watch(self._backend.session, self._wire)

    def close(self) -> None:
        """Let go of the connections; a later `deliver` opens again."""
        if self._backend:
            self._backend.close()
        self._backend = None

    def deliver(self, letters: Sequence[Letter], *, offered: Offered, settled: Settled) -> None:
        """Hand the letters over, those of one edition together where the service merges. See `Transport.deliver`."""
        for batch in self._batches(letters):
            left = self._quiet_until - time.monotonic()
            if left > 0:
                self._put_off(batch[0], left, offered, settled)
                return
            self._same_refusal = ("", 0)
            ready = [letter for letter in batch if offered(letter)]
            if ready and not self._hand_over(ready, settled):
                return

    def _put_off(self, letter: Letter, left: float, offered: Offered, settled: Settled) -> None:
        """The service asked to be left alone, and that lasts."""
        if offered(letter):
            settled(letter, esp_outcomes.unsent(f"{self.service.name} asked to wait {left:.0f} s more"))

    def _batches(self, letters: Sequence[Letter]) -> Iterator[list[Letter]]:
        """Letters that may share a request: of one edition, in their order; all others alone."""
        editions: dict[tuple, list[Letter]] = {}
        for number, letter in enumerate(letters):
            rendering = letter.rendering
            together = self.service.merge_field and rendering is not None and is_plain_for_anymail(letter.rcpt)
            key = (rendering.pk, letter.row.format) if together else (number,)
            editions.setdefault(key, []).append(letter)
        for edition in editions.values():
            for start in range(0, len(edition), self.settings.batch):
                yield edition[start : start + self.settings.batch]

    def _hand_over(self, letters: list[Letter], settled: Settled) -> bool:
        """Settle letters that were offered; False when the service cannot be talked to and the rest has to wait.

        A refused batch was not taken, whole: it is handed over in halves, until those are found whom it is about.
        """
        words, times = self._same_refusal
        if times >= ENOUGH_EQUAL_ERRORS:
            self._settle_all(letters, esp_outcomes.unsent(f"{self.service.name} refuses everybody: {words}"), settled)
            return False
        outcomes = self._outcomes(letters)
        first = outcomes[0]
        is_whole = all(outcome is first for outcome in outcomes)
        if is_whole and len(letters) > 1 and first.kind is OutcomeKind.REFUSED:
            half = len(letters) // 2
            halves = (letters[:half], letters[half:])
            goes_on = True
            for part in halves:
                if goes_on:
                    goes_on = self._hand_over(part, settled)
                else:
                    self._settle_all(part, esp_outcomes.unsent(f"{self.service.name} takes nothing now"), settled)
            return goes_on
        if is_whole:
            self._settle_all(letters, first, settled)
        else:
            for letter, outcome in zip(letters, outcomes, strict=True):
                settled(letter, outcome)
        self._remember_refusal(letters[0], first)
        return not first.is_about_the_relay

    def _settle_all(self, letters: list[Letter], outcome: Outcome, settled: Settled) -> None:
        """One answer that puts off many counts once; what it makes uncertain counts each, so that an issue stops."""
        settled(letters[0], outcome)
        rest = replace(outcome, is_counted=False) if outcome.kind is OutcomeKind.DEFERRED else outcome
        for letter in letters[1:]:
            settled(letter, rest)

    def _remember_refusal(self, letter: Letter, outcome: Outcome) -> None:
        if outcome.kind is not OutcomeKind.REFUSED:
            self._same_refusal = ("", 0)
            return
        words, times = self._same_refusal
        key = outcome.key(letter.rcpt)
        self._same_refusal = (key, times + 1 if key == words else 1)

    def _outcomes(self, letters: list[Letter]) -> list[Outcome]:
        """What becomes of the letters, each; the same object for all where the answer was about the request."""
        try:
            if len(letters) == 1:
                message = single_message(letters[0], self.service, options=self.settings.options)
            else:
                message = batch_message(letters, self.service, options=self.settings.options)
        except (UnsendableMessage, UnmailableAddress, ValueError) as error:
            outcome = Outcome(OutcomeKind.REFUSED, Stage.COMPOSE, 0, f"{type(error).__name__}: {error}")
            return [outcome] * len(letters)
        outcome, wait = self._post(message, letters)
        if wait is not None and 0 <= wait <= SHORT_WAIT and outcome.kind is OutcomeKind.DEFERRED:
            self.sleep(wait)  # it certainly has none of them
            outcome, wait = self._post(message, letters)
        if wait is not None:
            self._quiet_until = time.monotonic() + wait
        if outcome is not None:
            return [outcome] * len(letters)
        return self._each(message, letters)

    def _post(self, message: AnymailMessage, letters: list[Letter]) -> tuple[Outcome | None, float | None]:
        """Ask once. An outcome for all, or None where the answer speaks of each; and the seconds to wait, if asked."""
        self._refresh()
        self._name_request(letters)
        self._wire.has_left = False
        try:
            self._backend.send_messages([message])
        except AnymailRequestsAPIError as error:
            if error.response is None:
                return self._of_silence(error), None
            return self._of_answer(error.response)
        except Exception as error:  # anymail found the mail wrong; or a listener broke after the service had answered
            if not self._wire.has_left:
                return Outcome(OutcomeKind.REFUSED, Stage.COMPOSE, 0, f"{type(error).__name__}: {error}"), None
            if not message.anymail_status.recipients:
                return esp_outcomes.lost(f"{type(error).__name__}: {error}"), None
        finally:
            self._used_at = time.monotonic()
        if not self._wire.has_left:  # a listener of anymail's called it off
            return Outcome(OutcomeKind.REFUSED, Stage.COMPOSE, 0, "called off before it was sent"), None
        return None, None

    def _of_silence(self, error: AnymailRequestsAPIError) -> Outcome:
        cause = error.__cause__ or error
        words = f"{type(cause).__name__}: {cause}"
        if self._wire.has_left:
            return esp_outcomes.lost(words)
        if isinstance(cause, InvalidHeader | InvalidURL):
            return Outcome(OutcomeKind.REFUSED, Stage.COMPOSE, 0, words[:400])
        return esp_outcomes.unsent(words)

    def _of_answer(self, response) -> tuple[Outcome, float | None]:
        words = f"{self.service.name} {response.reason or ''}: {response.text}"
        outcome = esp_outcomes.of_answer(self.service, response.status_code, words, own_code=_own_code(response))
        wait = esp_outcomes.seconds_to_wait(response.headers, now=datetime.now(UTC))
        return outcome, wait if outcome.kind is OutcomeKind.DEFERRED else None

    def _each(self, message: AnymailMessage, letters: list[Letter]) -> list[Outcome]:
        """Read the answer for each recipient; of a single mail whatever it says, since it can be about nobody else."""
        status = message.anymail_status
        code = getattr(status.esp_response, "status_code", 0)
        if len(letters) == 1:
            words = " ".join([*sorted(filter(None, status.status or ())), str(status.message_id or "")])
            if not status.status or not status.status & esp_outcomes.TAKEN:
                words = f"{words} {getattr(status.esp_response, 'text', '')}"
            return [esp_outcomes.of_statuses(status.status or (), code=code, words=words)]
        outcomes = []
        for letter in letters:
            found = status.recipients.get(letter.rcpt)
            statuses = {found.status} if found else set()
            words = f"{found.status} {found.message_id or ''}" if found else "the answer does not speak of this one"
            outcomes.append(esp_outcomes.of_statuses(statuses, code=code, words=words))
        return outcomes

    def _refresh(self) -> None:
        self.open()
        if time.monotonic() - self._used_at > LONGEST_IDLE:
            for adapter in self._backend.session.adapters.values():
                adapter.close()

    def _name_request(self, letters: list[Letter]) -> None:
        """A person may decide to send an uncertain mail again: a service that has it already recognises it."""
        name = self.service.idempotency_header
        if name:
            self._backend.session.headers[name] = letters[0].row.message_id.strip("<>")[:256]

    def _made_backend(self):
        options = {self.service.key_argument: self.settings.key, "ignore_recipient_status": True}
        if self.settings.api:
            options["api_url"] = self.settings.api
        if "domain" in self.settings.options:
            options["sender_domain"] = self.settings.options["domain"]
        try:
            backend = import_string(self.service.backend)
            return backend(timeout=(CONNECT_TIMEOUT, self.settings.timeout), **options)
        except ImportError as error:
            raise EspSettingsError(f"{self.service.name} を使う部品がありません（{error}）。") from None


def _own_code(response) -> int:
    """The number that Postmark gives beside the answer."""
    try:
        return int(response.json()["ErrorCode"])
    except (ValueError, KeyError, TypeError):
        return 0
