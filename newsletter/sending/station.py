"""What one worker works with, and what its last run did."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.sending.journal import Journal
from newsletter.sending.transport import Transport

CHUNK = 200
"""Mails between two commits, at most; the journal knows of each."""
LOOK_AGAIN = 0.1
"""Seconds after which it is asked again who may still be mailed: who leaves gets nothing that leaves later."""


@dataclass
class Tally:
    """What one run did: results by state, and the relay's trouble that ended it early ("" for none)."""

    counts: Counter = field(default_factory=Counter)
    closed: list[str] = field(default_factory=list)
    relay_trouble: str = ""

    def add(self, state: str, count: int = 1) -> None:
        if count:
            self.counts[str(state)] += count

    @property
    def is_empty(self) -> bool:
        return not self.counts and not self.closed and not self.relay_trouble


@dataclass
class Station:
    """What one worker works with. `name` is one that no other life of it has, so what is "mine" is mine alone."""

    name: str
    transport: Transport
    journal: Journal
    lease: timedelta
    chunk: int
    stop: threading.Event
    clock: Callable[[], datetime]
    sleep: Callable[[float], object]
    look_again: float = LOOK_AGAIN
    tally: Tally = field(default_factory=Tally)
