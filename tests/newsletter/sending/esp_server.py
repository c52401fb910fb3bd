"""A mail service on loopback, over real HTTP, that fails where it is told to. Speaks as four services do.

It reads requests as the services document them, so what it has taken is what a reader would get: SendGrid and Mailgun
merge the bodies of a batch, Postmark and Resend take one mail at a time.
"""

import base64
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Fault:
    """What happens instead of the usual answer. `takes`: whether the mails of the request are taken all the same."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"message": "no"}'
    takes: bool = False
    reads: bool = True
    hangs: float = 0.0
    hangs_up: bool = False


@dataclass(frozen=True)
class Taken:
    """One mail that the service will deliver. `headers` by small letters."""

    to: str
    subject: str
    sender: str
    text: str
    html: str
    headers: dict[str, str]
    metadata: dict[str, str]
    reply_to: str = ""


class EspServer:
    """Listens on a free port. `plan` gives what goes wrong: a list (one a request, None: nothing), one fault for
    every request, or a function of the request's number. `bad` are addresses that the service refuses."""

    def __init__(self) -> None:
        self.plan: list | Fault | Callable | None = None
        self.bad: set[str] = set()
        self.taken: list[Taken] = []
        self.requests: list[tuple[str, dict[str, str], object]] = []
        self._seen_keys: dict[str, str] = {}
        self._count = 0
        self._lock = threading.Lock()
        service = self

        class Handler(_Handler):
            esp = service

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """From now on nobody listens there."""
        self._server.shutdown()
        self._server.server_close()

    def url(self, scheme: str, options: str = "") -> str:
        """EMAIL_URL for this server."""
        base = {"sendgrid": "v3/", "mailgun": "v3/"}.get(scheme, "")
        return f"{scheme}:?timeout=0.4&api=http://127.0.0.1:{self.port}/{base}{options}"

    @property
    def recipients(self) -> list[str]:
        return [mail.to for mail in self.taken]

    def next_fault(self) -> Fault | None:
        with self._lock:
            self._count += 1
            if isinstance(self.plan, list):
                return self.plan.pop(0) if self.plan else None
            return self.plan(self._count) if callable(self.plan) else self.plan

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        """The usual answer, and what is taken with it."""
        read = {"/v3/mail/send": self._sendgrid, "/email": self._postmark, "/emails": self._resend}
        return read.get(path, self._mailgun)(headers, body)

    def _sendgrid(self, headers, body) -> tuple[int, object]:
        if headers.get("authorization") != "Bearer the-key":
            return 401, {"errors": [{"message": "The provided authorization grant is invalid, expired, or revoked"}]}
        data = json.loads(body)
        bodies = {part["type"]: part["value"] for part in data["content"]}
        people = data["personalizations"]
        if wrong := [one["to"][0]["email"] for one in people if one["to"][0]["email"] in self.bad]:
            return 400, {"errors": [{"message": f"Does not contain a valid address: {wrong[0]}", "field": "to"}]}
        assert not any(data["tracking_settings"][name]["enable"] for name in ("click_tracking", "open_tracking"))
        for one in people:
            assert len(one["to"]) == 1 and "cc" not in one and "bcc" not in one
            self._take(
                to=one["to"][0]["email"],
                subject=data["subject"],
                sender=f"{data['from'].get('name', '')} <{data['from']['email']}>",
                text=_merged(bodies["text/plain"], one.get("substitutions", {})),
                html=_merged(bodies.get("text/html", ""), one.get("substitutions", {})),
                headers=data.get("headers", {}) | one.get("headers", {}),
                metadata={
                    name: value
                    for name, value in (data.get("custom_args", {}) | one.get("custom_args", {})).items()
                    if name != "anymail_id"
                },
                reply_to=data.get("reply_to_list", [{"email": ""}])[0]["email"],
            )
        return 202, ""

    def _mailgun(self, headers, body) -> tuple[int, object]:
        data = parse_qs(body.decode(), keep_blank_values=True)
        if headers.get("authorization") != "Basic " + base64.b64encode(b"api:the-key").decode():
            return 401, "Forbidden"
        if wrong := [to for to in data["to"] if to in self.bad]:
            return 400, {"message": f"to parameter is not a valid address. please check documentation ({wrong[0]})"}
        assert data["o:tracking-clicks"] == data["o:tracking-opens"] == ["no"]
        people = json.loads(data["recipient-variables"][0]) if "recipient-variables" in data else {}
        assert len(data["to"]) == 1 or set(people) == set(data["to"])
        for to in data["to"]:
            slots = {f"%recipient.{name}%": value for name, value in people.get(to, {}).items()}
            merged = {name: _merged(values[0], slots) for name, values in data.items()}
            self._take(
                to=to,
                subject=merged["subject"],
                sender=merged["from"],
                text=merged["text"],
                html=merged.get("html", ""),
                headers={name[2:]: value for name, value in merged.items() if name.startswith("h:")},
                metadata={name[2:]: value for name, value in merged.items() if name.startswith("v:")},
                reply_to=merged.get("h:Reply-To", ""),
            )
        return 200, {"id": "<20261201.1@mg.example>", "message": "Queued. Thank you."}

    def _postmark(self, headers, body) -> tuple[int, object]:
        if headers.get("x-postmark-server-token") != "the-key":
            return 401, {"ErrorCode": 10, "Message": "Request does not contain a valid Server token."}
        data = json.loads(body)
        if data["To"] in self.bad:
            words = f"Found inactive addresses: {data['To']}. Inactive recipients are ones that have bounced."
            return 422, {"ErrorCode": 406, "Message": words}
        assert data["TrackOpens"] is False and data["TrackLinks"] == "None" and "Cc" not in data and "Bcc" not in data
        self._take(
            to=data["To"],
            subject=data["Subject"],
            sender=data["From"],
            text=data["TextBody"],
            html=data.get("HtmlBody", ""),
            headers={one["Name"]: one["Value"] for one in data["Headers"]},
            metadata=data["Metadata"],
            reply_to=data.get("ReplyTo", ""),
        )
        return 200, {"To": data["To"], "MessageID": "b7bc2f4a", "ErrorCode": 0, "Message": "OK"}

    def _resend(self, headers, body) -> tuple[int, object]:
        if headers.get("authorization") != "Bearer the-key":
            return 403, {"statusCode": 403, "name": "invalid_api_key", "message": "API key is invalid"}
        data = json.loads(body)
        key = headers["idempotency-key"]
        if key in self._seen_keys:
            return 200, {"id": self._seen_keys[key]}
        if data["to"][0] in self.bad:
            return 422, {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."}
        assert len(data["to"]) == 1 and "cc" not in data and "bcc" not in data
        own = dict(data["headers"])
        self._take(
            to=data["to"][0],
            subject=data["subject"],
            sender=data["from"],
            text=data["text"],
            html=data.get("html", ""),
            headers=own,
            metadata=json.loads(own.get("X-Metadata", "{}")),
            reply_to=(data.get("reply_to") or [""])[0],
        )
        self._seen_keys[key] = f"re-{len(self.taken)}"
        return 200, {"id": self._seen_keys[key]}

    def _take(self, *, headers: dict[str, str], **mail) -> None:
        self.taken.append(Taken(headers={name.lower(): value for name, value in headers.items()}, **mail))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # an answer leaves in one piece
    esp: EspServer

    def handle_one_request(self) -> None:
        if not select.select([self.connection], [], [], 5)[0]:
            self.close_connection = True
            return
        if self.connection.recv(1, socket.MSG_PEEK) == b"":
            self.close_connection = True
            return
        self.fault = self.esp.next_fault()
        if self.fault and not self.fault.reads:
            time.sleep(self.fault.hangs)
            self._hang_up()
            return
        super().handle_one_request()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.esp.requests.append((self.path, headers, body))
        fault = self.fault
        status, answer = self.esp.take(self.path, headers, body) if fault is None or fault.takes else (0, "")
        if fault:
            time.sleep(fault.hangs)
            if fault.hangs_up:
                self._hang_up()
                return
            status, answer = fault.status or status, fault.body if fault.status else answer
        content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(status)
        for name, value in (fault.headers if fault else {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _hang_up(self) -> None:
        """Without a goodbye: the other side learns that the connection is lost, not that it ended."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def finish(self) -> None:
        if self.connection.fileno() != -1:
            super().finish()

    def log_message(self, *args) -> None:
        pass


def _merged(body: str, slots: dict[str, str]) -> str:
    for slot, value in slots.items():
        body = body.replace(slot, value)
    return body
