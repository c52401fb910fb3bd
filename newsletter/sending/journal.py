"""What a worker notes beside the database for each mail: "offered" before a body leaves, "settled" after the answer.

The database marks many mails as being sent in one commit; which of them had left when a worker was killed stands here.
A record is one `write` to a file, so it outlives the process (not the machine: after a power cut, or on another
machine, the journal is not believed, and everything that was marked is uncertain). The living worker holds a lock on
its file; who gets that lock knows that the worker is gone. A file belongs to one worker and is emptied at each commit.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage

SUFFIX = ".journal"
_BOOT = Path("/proc/sys/kernel/random/boot_id")

Key = tuple[str, int]
"""Which row: the name of its table and its id."""


@dataclass
class Records:
    """What a journal says. Of what was offered and is not in `settled` nobody knows what became."""

    worker: str
    offered: set[Key] = field(default_factory=set)
    settled: dict[Key, Outcome] = field(default_factory=dict)


class Journal:
    """The file of one living worker. It appears with the first record."""

    def __init__(self, worker: str, *, folder: str | Path = "") -> None:
        self.worker = worker
        self.path = journal_path(worker, folder=folder)
        self._file: int | None = None
        self._head = f"{worker} {boot_id()}\n".encode()
        self._unsettled: set[Key] = set()
        self.is_empty = True

    def offered(self, key: Key) -> None:
        """Note that a body is about to leave. Raises OSError where it cannot be noted: then it must not leave."""
        self._open()
        self.is_empty = False
        self._write(f"O {key[0]} {key[1]}\n".encode())
        self._unsettled.add(key)

    def settled(self, key: Key, outcome: Outcome) -> None:
        """Note what became of it. Raises OSError; the outcome then has to reach the database by itself."""
        self._unsettled.discard(key)
        if self._file is None:
            return  # it was turned down before anything was offered
        words = " ".join(outcome.text.split())
        self._write(f"S {key[0]} {key[1]} {outcome.kind} {outcome.stage} {outcome.code} {words}\n".encode())

    def forget(self) -> None:
        """Empty it, since every outcome in it is committed. What was offered and has none keeps it."""
        if self._file is not None and not self.is_empty and not self._unsettled:
            os.ftruncate(self._file, len(self._head))
            self.is_empty = True

    def close(self) -> None:
        """End it; a file with records in it stays for whoever settles them."""
        if self._file is None:
            return
        if self.is_empty:
            self.path.unlink(missing_ok=True)
        os.close(self._file)
        self._file, self.is_empty = None, True
        self._unsettled.clear()

    def _open(self) -> None:
        if self._file is not None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        while self._file is None:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                if os.fstat(file).st_nlink:  # nobody tidied it away between the two calls
                    os.ftruncate(file, 0)
                    os.write(file, self._head)
                    self._file, file = file, None
            finally:
                if file is not None:
                    os.close(file)

    def _write(self, record: bytes) -> None:
        """Whole or not at all: a half record on a full disk is taken away again."""
        written = os.write(self._file, record)
        if written != len(record):
            os.ftruncate(self._file, os.fstat(self._file).st_size - written)
            raise OSError("the disk is full")


@contextmanager
def left_behind(*, folder: str | Path = "") -> Iterator[list[Records]]:
    """The journals of workers of this machine that are gone. They are locked meanwhile, and removed afterwards.

    A journal from before the machine's last start is removed without being read.
    """
    taken: list[tuple[int, Path]] = []
    found: list[Records] = []
    try:
        for path in sorted(_folder(folder).glob(f"*{SUFFIX}")):
            file = _locked(path)
            if file is not None:
                taken.append((file, path))
                content = path.read_bytes()
                if content.partition(b"\n")[0].endswith(f" {boot_id()}".encode()):
                    found.append(_parsed(content))
        yield found
        for _file, path in taken:
            path.unlink(missing_ok=True)
    finally:
        for file, _path in taken:
            os.close(file)


def journal_path(worker: str, *, folder: str | Path = "") -> Path:
    """Where a worker's journal lies, if it has one."""
    return _folder(folder) / f"{worker}{SUFFIX}"


def boot_id() -> str:
    """What the kernel calls this run of the machine; "-" where it does not say."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return "-"


def _locked(path: Path) -> int | None:
    """The file, locked, or None where its worker lives or somebody else is settling it."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return None
    if os.fstat(file).st_nlink == 0:  # settled and removed by another one meanwhile
        os.close(file)
        return None
    return file


def _folder(folder: str | Path) -> Path:
    return Path(folder or settings.JOURNAL_DIR)


def _parsed(content: bytes) -> Records:
    """A last line without its end was never finished, so what it was to permit never happened."""
    head, *lines = content.decode("utf-8", "replace").split("\n")[:-1] or [""]
    records = Records(head.rpartition(" ")[0])
    for line in lines:
        word, table, number, *rest = line.split(" ", 6)
        key = (table, int(number))
        if word == "O":
            records.offered.add(key)
            records.settled.pop(key, None)  # another try
        else:
            kind, stage, code, text = rest
            records.settled[key] = Outcome(OutcomeKind(kind), Stage(stage), int(code), text)
    return records
