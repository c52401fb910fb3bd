"""What a mail service's answer means for a mail. Pure.

| what happened | outcome |
|---|---|
| no connection, no name, no TLS: nothing was written yet | deferred; the service cannot be talked to |
| the request was written, then silence, a lost connection, an answer that is none | ambiguous |
| 2xx | as it says of each recipient: queued or sent → sent; rejected, invalid, failed → refused; else ambiguous |
| 2xx that cannot be read, 3xx, 408, 409, 5xx | ambiguous |
| 401, 402, 403, 404, 405, 407 | deferred; the account or the address is wrong, nobody's mail would be taken |
| 429 | deferred; too many for now |
| 503 where the service documents that it takes nothing then | deferred; not now |
| any other 4xx | refused |

409 is the answer to a request that the service has seen before with other words, or is still working on: it may have
taken the first. Services were seen to deliver mails that they had answered with 5xx.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from newsletter.sending.esp_services import Service
from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage

ACCOUNT_ANSWERS = frozenset({401, 402, 403, 404, 405, 407})
TOO_MANY = 429
AWAY = 503
UNCLEAR_4XX = frozenset({408, 409})
UNPROCESSABLE = 422
TAKEN = frozenset({"sent", "queued"})
NOT_TAKEN = frozenset({"rejected", "invalid", "failed"})
LONGEST_WAIT = 86_400.0


def unsent(error: object) -> Outcome:
    """Nothing was written: the mail certainly stayed here."""
    return Outcome(OutcomeKind.DEFERRED, Stage.CONNECT, 0, in_short(error))


def lost(error: object, *, code: int = 0) -> Outcome:
    """The request had left; what became of it is not known."""
    return Outcome(OutcomeKind.AMBIGUOUS, Stage.HTTP, code, in_short(error))


def of_answer(service: Service, code: int, words: str, *, own_code: int = 0) -> Outcome:
    """An answer without a word on each recipient. `own_code`: the service's own number for what is wrong."""
    text = in_short(words)
    if code == TOO_MANY or (code == AWAY and service.is_away_with_503):
        return Outcome(OutcomeKind.DEFERRED, Stage.CONNECT, code, text)
    if code in ACCOUNT_ANSWERS or (code == UNPROCESSABLE and own_code in service.account_codes):
        return Outcome(OutcomeKind.DEFERRED, Stage.AUTH, code, text)
    if 400 <= code < 500 and code not in UNCLEAR_4XX:
        return Outcome(OutcomeKind.REFUSED, Stage.HTTP, code, text)
    return lost(text, code=code)


def of_statuses(statuses: Collection[str], *, code: int, words: str) -> Outcome:
    """What a readable answer says of one recipient."""
    found = frozenset(statuses)
    if found & TAKEN:
        return Outcome(OutcomeKind.SENT, Stage.HTTP, code, in_short(words))
    if found and found <= NOT_TAKEN:
        return Outcome(OutcomeKind.REFUSED, Stage.HTTP, code, in_short(words))
    return lost(words, code=code)


def seconds_to_wait(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """What Retry-After asks for: seconds, or a moment. None where it is missing or says nothing sensible."""
    asked = headers.get("Retry-After", "").strip()
    if not asked:
        return None
    try:
        seconds = float(asked) if asked.isdigit() else (parsedate_to_datetime(asked) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def in_short(words: object) -> str:
    """One line for staff."""
    return " ".join(str(words).split())[:400] or type(words).__name__
