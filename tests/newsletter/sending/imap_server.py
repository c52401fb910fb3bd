"""A small IMAP server on loopback: the few commands that reading a mailbox needs, over a real socket."""

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class StoredMail:
    """One mail of the mailbox."""

    raw: bytes
    flags: set[str] = field(default_factory=set)
    folder: str = "INBOX"


class _Conversation(socketserver.StreamRequestHandler):
    """One client. Commands that the reader must never give are written down in `server.said` like the others."""

    disable_nagle_algorithm = True

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        box = self.server.box
        self.say("* OK small")
        while line := self.rfile.readline().decode():
            tag, _, rest = line.strip().partition(" ")
            box.said.append(rest if not rest.upper().startswith("LOGIN") else "LOGIN")
            verb, _, arguments = rest.partition(" ")
            if box.drop_at and rest.upper().startswith(box.drop_at):
                return
            answer = getattr(self, f"do_{verb.lower()}", None)
            result = answer(arguments) if answer else "BAD unknown"
            self.say(f"{tag} {result or 'OK done'}")
            if verb.upper() == "LOGOUT":
                return

    logged_in = False

    def do_capability(self, _arguments: str) -> None:
        self.say("* CAPABILITY IMAP4rev1" + (" MOVE" if self.logged_in else ""))

    def do_login(self, arguments: str) -> str:
        self.logged_in = arguments.endswith('"himitsu"')
        return "OK in" if self.logged_in else "NO wrong"

    def do_select(self, _arguments: str) -> str:
        self.say(f"* {len(self.server.box.mails)} EXISTS")
        return "OK [READ-WRITE] selected"

    def do_examine(self, arguments: str) -> str:
        return self.do_select(arguments).replace("WRITE", "ONLY")

    def do_logout(self, _arguments: str) -> None:
        self.say("* BYE")

    def do_uid(self, arguments: str) -> str | None:
        verb, _, rest = arguments.partition(" ")
        return getattr(self, f"uid_{verb.lower()}")(rest)

    def uid_search(self, criteria: str) -> None:
        wants = {"UNSEEN": ("\\Seen", False), "UNFLAGGED": ("\\Flagged", False), "FLAGGED": ("\\Flagged", True)}
        found = [
            str(number)
            for number, mail in enumerate(self.server.box.mails, 1)
            if mail.folder == "INBOX"
            and all((wants[one][0] in mail.flags) is wants[one][1] for one in criteria.split())
        ]
        self.say("* SEARCH " + " ".join(found))

    def uid_fetch(self, rest: str) -> None:
        number, _, _what = rest.partition(" ")
        raw = self.server.box.mails[int(number) - 1].raw
        self.wfile.write(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")

    def uid_store(self, rest: str) -> str | None:
        if self.server.box.is_read_only:
            return "NO read-only"
        number, _, change = rest.partition(" ")
        self.server.box.mails[int(number) - 1].flags |= set(re.findall(r"\\\w+", change))
        return None

    def uid_move(self, rest: str) -> str | None:
        number, _, folder = rest.partition(" ")
        if not self.server.box.has_done:
            return "NO [TRYCREATE] no such folder"
        self.server.box.mails[int(number) - 1].folder = folder.strip('"')
        return None


class ImapServer:
    """A mailbox that a test fills. `drop_at` hangs up at the command that begins with it."""

    def __init__(self) -> None:
        self.mails: list[StoredMail] = []
        self.said: list[str] = []
        self.drop_at = ""
        self.is_read_only = False
        self.has_done = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation, bind_and_activate=True)
        self._server.daemon_threads = True
        self._server.box = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(self, raw: bytes | str) -> StoredMail:
        data = raw.encode() if isinstance(raw, str) else raw
        self.mails.append(StoredMail(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")))
        return self.mails[-1]

    @property
    def url(self) -> str:
        return f"imap://modori%40assist-park.example:himitsu@127.0.0.1:{self._server.server_address[1]}/INBOX?done=Done"
