"""Talks to Facebook's Graph API: one call, one answer, and never a doubt swept under the carpet.

The token goes in a header, never in the address, and never into words that are stored or logged.
"""

import json
import ssl
import time
from dataclasses import dataclass
from enum import Enum

import requests
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5, 20, 40
ANSWER_BYTES = 64_000
LATER_CODES = {4, 17, 32, 341, 368, 613}
"""Too many calls, or blocked for a while. Source: Graph API, error handling and rate limiting."""
WORDS_LENGTH = 300


class Outcome(Enum):
    """What became of a call. UNCERTAIN: it left us, and nobody knows whether Facebook acted on it."""

    POSTED = "posted"
    LATER = "later"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Answer:
    """`code` names what went wrong (a number of Facebook's, or one of our words), `words` are Facebook's own."""

    outcome: Outcome
    post_id: str = ""
    code: str = ""
    words: str = ""
    retry_seconds: int | None = None


@dataclass(frozen=True)
class Account:
    """The page that is posted to. Its token never appears in `repr`."""

    page_id: str
    token: str
    graph_url: str

    def __repr__(self) -> str:
        return f"Account({self.page_id!r})"


class _Bearer(AuthBase):
    """The token as a header; also keeps `requests` from taking a password out of a netrc file."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def post(account: Account, *, text: str, link: str, image: tuple[bytes, str, str] | None) -> Answer:
    """Post words with a picture (bytes, type, file name), or words with a link. Never raises for what the net does."""
    edge, files = ("photos", {"source": (image[2], image[0], image[1])}) if image else ("feed", None)
    data = {"message": text} if image else {"message": text, "link": link}
    deadline = time.monotonic() + WHOLE_SECONDS
    try:
        response = requests.post(
            f"{account.graph_url.rstrip('/')}/{account.page_id}/{edge}",
            data=data,
            files=files,
            auth=_Bearer(account.token),
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        )
        with response:
            body = _read(response, deadline)
    except requests.exceptions.RequestException as error:
        return _failed(error)
    if body is None:
        return Answer(Outcome.UNCERTAIN, code="slow")
    return _judge(response, body, account)


def _read(response: requests.Response, deadline: float) -> bytes | None:
    """The body; None for one that drips in slower than anybody waits, or is far too long."""
    body = b""
    for chunk in response.iter_content(4096):
        body += chunk
        if time.monotonic() > deadline or len(body) > ANSWER_BYTES:
            return None
    return body


def _failed(error: requests.exceptions.RequestException) -> Answer:
    """A call without an answer: LATER where nothing can have left us, else UNCERTAIN."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Answer(Outcome.LATER, code="unreachable")
    if isinstance(error, requests.exceptions.ConnectionError):
        reason = error.args[0] if error.args else None
        inner = reason.reason if isinstance(reason, MaxRetryError) else reason
        if isinstance(inner, NewConnectionError | ConnectTimeoutError | NameResolutionError):
            return Answer(Outcome.LATER, code="unreachable")
        if any(isinstance(part, ssl.SSLCertVerificationError) for part in _causes(inner)):
            return Answer(Outcome.LATER, code="certificate")
        return Answer(Outcome.UNCERTAIN, code="cut")
    if isinstance(error, requests.exceptions.ReadTimeout):
        return Answer(Outcome.UNCERTAIN, code="slow")
    if isinstance(error, ValueError):  # InvalidURL, MissingSchema and their like: nothing was sent
        return Answer(Outcome.REFUSED, code="address")
    return Answer(Outcome.UNCERTAIN, code="cut")


def _causes(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None and error not in found:
        found.append(error)
        found += [part for part in error.args if isinstance(part, BaseException)]
        error = error.__cause__ or error.__context__
    return found


def _judge(response: requests.Response, body: bytes, account: Account) -> Answer:
    status = response.status_code
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    if 200 <= status < 300:
        post_id = str(told.get("post_id") or told.get("id") or "")
        # a good answer without a number: it was posted, most likely, but nothing proves it
        return Answer(Outcome.POSTED, post_id=post_id[:80]) if post_id else Answer(Outcome.UNCERTAIN, code="unclear")
    problem = told.get("error") if isinstance(told.get("error"), dict) else {}
    code = problem.get("code") if isinstance(problem.get("code"), int) else None
    words = _scrubbed(str(problem.get("message") or ""), account)
    named = str(code) if code is not None else f"http-{status}"
    if status == 429 or code in LATER_CODES:
        return Answer(Outcome.LATER, code=named, words=words, retry_seconds=_retry_seconds(response))
    if status >= 500 or status == 408:
        return Answer(Outcome.UNCERTAIN, code=named, words=words)
    return Answer(Outcome.REFUSED, code=named, words=words)


def _scrubbed(words: str, account: Account) -> str:
    """Facebook repeats a malformed token in its error message."""
    return words.replace(account.token, "…")[:WORDS_LENGTH] if account.token else words[:WORDS_LENGTH]


def _retry_seconds(response: requests.Response) -> int | None:
    typed = response.headers.get("Retry-After", "")
    return int(typed) if typed.isdecimal() and len(typed) < 8 else None
