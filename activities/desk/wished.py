"""What a group would like to be different, as the desk takes it over: what was asked, and the values of the form."""

from collections.abc import Iterable
from dataclasses import dataclass

from activities.models import Notice, NoticeEntry
from activities.notices.board import FIELDS_EDITED, MESSAGE_SEEN
from activities.notices.wishes import label_of

Kind = NoticeEntry.Kind
ASKED = (Kind.MESSAGE_IN, Kind.ANSWERED)
REACTED = (Kind.MESSAGE_OUT, Kind.RETURNED)


@dataclass(frozen=True)
class Wish:
    """One wish: its line in the history, each field with its old and new words, and the values of the form."""

    entry: NoticeEntry
    changes: list[tuple[str, str, str]]
    typed: dict[str, list[str]]


def wish_of(entry: NoticeEntry) -> Wish | None:
    """The wish that stands in this line; None where there is none that a form could be filled in with."""
    data = entry.data or {}
    if entry.kind not in ASKED or not data.get("typed"):
        return None
    changes = [(label_of(name), old, new) for name, old, new in data.get("changes", [])]
    return Wish(entry, changes, data["typed"])


def open_wish(history: Iterable[NoticeEntry]) -> Wish | None:
    """The newest wish to which staff have not reacted yet. `history` is newest first."""
    for entry in history:
        data = entry.data or {}
        is_edited = entry.kind == Kind.CHANGED and data.get("field") in (FIELDS_EDITED, MESSAGE_SEEN)
        if is_edited or (entry.kind in REACTED and "reminder" not in data):
            return None
        if wish := wish_of(entry):
            return wish
    return None


def wish_by_pk(notice: Notice, pk: str) -> Wish | None:
    """The wish in the line of that number in the history of this notice."""
    if not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    entry = notice.entries.filter(pk=int(pk)).first()
    return wish_of(entry) if entry else None
