"""Everything that time does to notices, step by step. Safe to run never, once or fifty times around any moment."""

import logging
from collections.abc import Callable
from datetime import datetime

from activities.notices import publication
from activities.notices.reminder_mails import send_reminders
from activities.notices.trusted_steps import publish_trusted

log = logging.getLogger(__name__)

STEPS: tuple[Callable[..., dict[str, int]], ...] = (publication.tick_notices, publish_trusted, send_reminders)
"""In this order: due days are true before the clock publishes, and staff are told what it did."""


def tick_notices(*, now: datetime) -> dict[str, int]:
    """Run every step; return how often each thing happened.

    A step that fails does not keep the next ones from running; the first failure is raised in the end.
    """
    done: dict[str, int] = {}
    failures: list[Exception] = []
    for step in STEPS:
        try:
            done |= step(now=now)
        except Exception as error:
            log.exception("tick: %s failed", step.__name__)
            failures.append(error)
    if failures:
        raise failures[0]
    return done
