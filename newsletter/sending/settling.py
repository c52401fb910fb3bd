"""Settling what killed workers of this machine left behind, by what their journals say."""

import logging
import random
from collections import Counter
from datetime import datetime

from django.db import transaction

from center.models import CentreSettings, OutgoingMail, SendingRow, SendingState
from newsletter.models import Delivery
from newsletter.sending import claims
from newsletter.sending.journal import Records, journal_path, left_behind
from newsletter.sending.lanes import IssueLane, Lane, SingleLane

logger = logging.getLogger(__name__)

TABLES = {"delivery": Delivery, "mail": OutgoingMail}
"""What a journal calls the two kinds of rows."""


def table_of(model: type[SendingRow]) -> str:
    """The name of a kind of rows in a journal."""
    return next(name for name, known in TABLES.items() if known is model)


def settle_what_is_left(*, centre: CentreSettings, now: datetime, own: str = "") -> Counter:
    """Read the journals of workers that are gone and settle their rows; return how many came to each state.

    What has an answer gets it, what was offered without one is uncertain, all others wait again. A journal is removed
    once that is committed. `own` is the name of a worker of this process whose last run broke off: it offered nothing
    but what its journal says, and nothing that is not settled where there is no journal (any more).
    """
    counts: Counter = Counter()
    with left_behind() as journals:
        if own and own not in {records.worker for records in journals} and not journal_path(own).exists():
            journals.append(Records(own))
        for records in journals:
            found = _settle(records, centre=centre, now=now)
            logger.warning("worker %s ended early: %s", records.worker, dict(found))
            counts += found
    return counts


def _settle(records: Records, *, centre: CentreSettings, now: datetime) -> Counter:
    counts: Counter = Counter()
    with transaction.atomic():
        for table, model in TABLES.items():
            mine = model.objects.filter(worker=records.worker)
            claims.release(mine, worker=records.worker)
            for row in mine.filter(state__in=claims.UNSETTLED).order_by("pk"):
                if row.state == SendingState.AMBIGUOUS and row.error != claims.LEASE_OVER:
                    continue  # that was its answer
                lane = _lane(row, centre)
                key = (table, row.pk)
                if outcome := records.settled.get(key):
                    state = claims.write_result(row, outcome, worker=records.worker, now=now, chance=random.random)
                    if state == SendingState.SENT:
                        lane.note_sent([row.pk])
                    else:
                        lane.note(row, outcome, state, now=now)
                    counts[state] += 1
                elif key in records.offered:
                    counts[SendingState.AMBIGUOUS] += claims.give_up_on(row, worker=records.worker, now=now)
                elif claims.put_back(model, [row.pk], worker=records.worker, now=now):
                    lane.reopen()
    return counts


def _lane(row: SendingRow, centre: CentreSettings) -> Lane:
    return SingleLane(centre) if isinstance(row, OutgoingMail) else IssueLane(row.issue, centre)
