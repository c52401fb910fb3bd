"""A proof of work for public forms, without a third party: the browser finds a number that costs it a moment, and one
machine that sends thousands of forms finds out what that costs.

The challenge is signed and carries what it is for and when it ends, so the server keeps nothing until a solution comes
back; each solution counts once. `static/centre/proof.js` solves it as soon as somebody touches the form. Nobody is
turned away for want of it: what that means is for the form to say.
"""

import base64
import json
from datetime import UTC, datetime, timedelta

from altcha import (
    ChallengeOptionsV1,
    create_challenge_v1,
    extract_params_v1,
    verify_solution_v1,
)
from django.conf import settings
from django.utils.crypto import salted_hmac

from center.intake.limits import take
from center.models import LimitHit
from center.opening import tokyo_date

MOST_TRIES = 25_000
"""So many numbers are tried at most: about a tenth of a second on a desk, below a second on a cheap phone."""

LIFE = timedelta(hours=24)
MOST_CHARACTERS = 1_000
"""A solution is about 400 characters; nothing longer is looked at."""

_TYPES = {"algorithm": str, "challenge": str, "number": int, "salt": str, "signature": str}


class ProofRefused(Exception):
    """A text that is no solution of a challenge made here, for this purpose, in time."""


def new_challenge(purpose: str, *, now: datetime) -> str:
    """A challenge as JSON, for the page. `purpose` (letters) keeps a solution from being used for another form."""
    options = ChallengeOptionsV1(
        algorithm="SHA-256",
        max_number=MOST_TRIES,
        hmac_key=_key(),
        expires=now + LIFE,
        params={"purpose": purpose},
    )
    return json.dumps(create_challenge_v1(options).to_dict())


def solved_challenge(solution: str, purpose: str, *, now: datetime) -> tuple[str, datetime]:
    """The name of the challenge that `solution` (base64 of JSON) solves, and its end. Raises ProofRefused."""
    payload = _payload(solution)
    try:
        is_solved, _fault = verify_solution_v1(payload, _key(), check_expires=False)
        params = extract_params_v1(payload)
        ends_at = datetime.fromtimestamp(int(params["expires"][0]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        raise ProofRefused from None
    if not is_solved or params.get("purpose") != [purpose] or now > ends_at or ends_at > now + LIFE + _CLOCKS:
        raise ProofRefused
    return payload["challenge"], ends_at


def use_solution(solution: str, purpose: str, *, used_for: str, now: datetime) -> None:
    """Count a solution as used. Raises ProofRefused for one that is none or was used before.

    Sending the same thing again (the same `used_for`, "" for none) may use it again: the first answer may have been
    lost on its way.
    """
    challenge, ends_at = solved_challenge(solution, purpose, now=now)
    key, on = f"proof:{challenge[:48]}", tokyo_date(ends_at)
    again = f"{key}:{_hash(used_for)}" if used_for else ""
    if take(key, on=on, limit=1):
        if again:
            take(again, on=on, limit=1)
    elif not again or not LimitHit.objects.filter(key=again, window_on=on).exists():
        raise ProofRefused


# Clocks of several servers differ a little.
_CLOCKS = timedelta(seconds=60)


def _payload(solution: str) -> dict:
    if len(solution) > MOST_CHARACTERS:
        raise ProofRefused
    try:
        payload = json.loads(base64.b64decode(solution, validate=True))
    except (ValueError, RecursionError):
        raise ProofRefused from None
    if not isinstance(payload, dict) or any(type(payload.get(name)) is not kind for name, kind in _TYPES.items()):
        raise ProofRefused
    if payload["algorithm"] != "SHA-256" or not payload["salt"].isascii():
        raise ProofRefused
    return payload


def _key() -> str:
    return salted_hmac("center.intake.proof_of_work", "key", secret=settings.SECRET_KEY).hexdigest()


def _hash(text: str) -> str:
    return salted_hmac("center.intake.proof_of_work", text, secret=settings.SECRET_KEY).hexdigest()[:32]
