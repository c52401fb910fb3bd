"""Doing something in the database again when it was away for a moment."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

TRIES = 5

Result = TypeVar("Result")


def durably(act: Callable[[], Result]) -> Result:
    """What `act` returns; tried up to five times, a second apart: a result that is not written makes a mail uncertain.

    `act` has to be safe to repeat. Raises the database's error after the last try, and at once inside somebody else's
    transaction, where nothing can be done again.
    """
    for left in reversed(range(TRIES)):
        try:
            return act()
        except (OperationalError, InterfaceError):
            if not left or not recover():
                raise
    raise AssertionError("unreachable")


def recover() -> bool:
    """Wait and connect anew. False inside somebody else's transaction."""
    if connection.in_atomic_block:
        return False
    logger.warning("the database did not answer, trying again")
    connection.close_if_unusable_or_obsolete()
    time.sleep(1)
    return True
