"""What time does around the sending. Safe to run never, once or fifty times around any moment."""

import logging
from datetime import datetime

from django.core.cache import cache

from newsletter.retention import tick_retention
from newsletter.sending.health import SILENT_AFTER, is_stopped
from newsletter.sending.mailbox import tick_mailbox

logger = logging.getLogger(__name__)
TOLD = "sending:stopped-told"


def tick_sending(*, now: datetime) -> dict[str, int]:
    """Read the mailbox of returned mails, forget old addresses, sound the alarm; return the counts."""
    return {**tick_mailbox(now=now), **tick_retention(now=now), "stopped": _alarm(now)}


def _alarm(now: datetime) -> int:
    """Say in the server's log that nobody sends, now and then; staff's first screen says it too. No mail could."""
    if not is_stopped(now=now):
        return 0
    if cache.add(TOLD, now.isoformat(), timeout=SILENT_AFTER.total_seconds()):
        logger.error("mails wait, but the mail loop (send_issues --watch) was not seen for ten minutes")
    return 1
