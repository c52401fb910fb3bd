"""What time does to subscribers. Safe to run never, once or fifty times around any moment."""

from datetime import datetime

from newsletter.subscriber_import import forget_waiting_files
from newsletter.subscriber_moves import forget_moves
from newsletter.subscribers import end_pauses, forget_unconfirmed


def tick_subscribers(*, now: datetime) -> dict[str, int]:
    """End pauses, forget addresses that were never confirmed and files that were never applied; return the counts."""
    return {
        "forgotten": forget_unconfirmed(now=now),
        "pauses_ended": end_pauses(now=now),
        "moves_forgotten": forget_moves(now=now),
        "files_forgotten": forget_waiting_files(now=now),
    }
