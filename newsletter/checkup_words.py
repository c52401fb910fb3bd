"""One thing that the checkup found. The words are for whoever sets the server up, so they are Japanese."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """`error` keeps mail from arriving or cannot be told; `warn` harms it; `hint` could be better."""

    OK = "ok"
    HINT = "hint"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True)
class Found:
    """`record` is the line to paste into the name server or into the settings, exactly."""

    area: str
    level: Level
    words: str
    fix: str = ""
    record: str = ""


def ok(area: str, words: str) -> Found:
    return Found(area, Level.OK, words)


def hint(area: str, words: str, fix: str = "", record: str = "") -> Found:
    return Found(area, Level.HINT, words, fix, record)


def warn(area: str, words: str, fix: str = "", record: str = "") -> Found:
    return Found(area, Level.WARN, words, fix, record)


def error(area: str, words: str, fix: str = "", record: str = "") -> Found:
    return Found(area, Level.ERROR, words, fix, record)
