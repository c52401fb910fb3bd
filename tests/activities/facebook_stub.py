"""A small Facebook on this machine: answers over HTTP as it is told, and remembers what it was asked."""

import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "EAAhimitsu-no-kagi"


@dataclass
class Call:
    """One request as it came in."""

    path: str
    headers: dict
    body: bytes

    @property
    def words(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Stub:
    """What the next answers are: (status, JSON, headers), or "slow", "cut"; the last one is repeated."""

    url: str = ""
    answers: list = field(default_factory=lambda: [(200, {"id": "1", "post_id": "100_1"}, {})])
    calls: list[Call] = field(default_factory=list)

    def will(self, *answers) -> None:
        self.answers = list(answers)

    def next_answer(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def refused(code: int, words: str = "(#0) no", status: int = 400, **headers) -> tuple:
    """An error as the Graph API words it."""
    return status, {"error": {"message": words, "type": "OAuthException", "code": code}}, headers


@contextmanager
def running():
    """The stub, listening until the end of the block."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stub.calls.append(Call(self.path, dict(self.headers), body))
            answer = stub.next_answer()
            if answer == "slow":
                time.sleep(1.2)
                return
            if answer == "cut":
                self.connection.close()
                return
            status, told, headers = answer
            content = json.dumps(told).encode() if not isinstance(told, bytes) else told
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}/v23.0"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()


def message_of(call: Call) -> str:
    """The words of a post with a picture, out of its multipart body."""
    found = re.search(rb'name="message"\r\n\r\n(.*?)\r\n--', call.body, re.S)
    return found[1].decode() if found else ""
