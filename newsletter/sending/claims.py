"""Taking rows, marking them before they are offered, writing what became of them. The same for issues and single mails.

A row goes pending → claimed → sending → a result. `claimed` may be taken back by anybody once its lease is over;
`sending` is not: it becomes `ambiguous`, and is never offered again by a machine.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from center.models import SendingRow, SendingState
from newsletter.sending.outcomes import Outcome, OutcomeKind
from newsletter.sending.retry import next_try

OPEN = (SendingState.PENDING, SendingState.CLAIMED, SendingState.SENDING, SendingState.DEFERRED)
CALLED_OFF = "The rest of the issue was called off while this was about to leave."
UNSETTLED = (SendingState.SENDING, SendingState.AMBIGUOUS)
"""What a worker's own answer may still settle: also after the lease, when the mail was given up as uncertain."""
RELAY_AWAY = timedelta(seconds=5)
LEASE_OVER = "The worker ended after this was handed over; nobody knows whether the relay took it."


def is_anything_due(rows: QuerySet, *, now: datetime) -> bool:
    """Whether there is something to claim in `rows`; takes no lock."""
    return rows.filter(state=SendingState.PENDING).exists() or _due_again(rows, now).exists()


def is_anything_open(rows: QuerySet) -> bool:
    """Whether any row in `rows` has no end yet; takes no lock."""
    return rows.filter(state__in=OPEN).exists()


def claim(rows: QuerySet, *, worker: str, limit: int, lease_until: datetime, now: datetime) -> list[int]:
    """Take up to `limit` rows that are due and return their ids, first tries first. In the caller's transaction.

    Two workers never get the same row: PostgreSQL skips what another one holds, SQLite has one writer at a time.
    """
    pending = rows.filter(state=SendingState.PENDING).order_by("next_try_at", "pk")
    ids = list(_locked(pending)[:limit])
    if len(ids) < limit:
        ids += _locked(_due_again(rows, now).order_by("next_try_at", "pk"))[: limit - len(ids)]
    taken = {"state": SendingState.CLAIMED, "worker": worker, "lease_until": lease_until}
    rows.model.objects.filter(pk__in=ids).update(**taken)
    return ids


def mark_sending(rows: QuerySet, ids: list[int], *, worker: str, lease_until: datetime, now: datetime) -> set[int]:
    """Mark what is about to be offered, and return the ids that still belong to this worker. Commit before sending.

    Safe to repeat when nobody knows whether the commit arrived: what is marked already is returned again.
    """
    claimed = rows.filter(pk__in=ids, worker=worker, state=SendingState.CLAIMED)
    marks = {"state": SendingState.SENDING, "intent_at": now, "lease_until": lease_until}
    if claimed.update(**marks, attempts=F("attempts") + 1) == len(ids):
        return set(ids)
    marked = rows.model.objects.filter(pk__in=ids, worker=worker, state=SendingState.SENDING)
    return set(marked.values_list("pk", flat=True))


def write_result(row: SendingRow, outcome: Outcome, *, worker: str, now: datetime, chance: Callable[[], float]) -> str:
    """Write what became of one offered row and return its new state; "" where the row is no longer this worker's.

    A row that was given up as uncertain meanwhile, because the answer came after its lease, is still settled by it.
    `deferred` becomes `refused` after the last try. A relay that could not be talked to costs no try: the mail waits
    for as long as that lasts, and leaves soon after (the loop itself asks such a relay more and more seldom).
    """
    mine = type(row).objects.filter(pk=row.pk, worker=worker)
    open_row = mine.filter(state__in=UNSETTLED).select_for_update()
    attempts, known_error = open_row.values_list("attempts", "error").first() or (None, "")
    if attempts is None:
        return ""
    again_at = next_try(attempts, now=now, chance=chance) if outcome.kind is OutcomeKind.DEFERRED else None
    if outcome.is_without_conversation:
        attempts -= 1
        again_at = now + RELAY_AWAY
    state = SendingState(outcome.kind.value)
    if outcome.kind is OutcomeKind.DEFERRED and again_at is None:
        state = SendingState.REFUSED
    if outcome.kind is OutcomeKind.DEFERRED and known_error == CALLED_OFF:
        state, again_at = SendingState.CANCELLED, None
    error = "" if state == SendingState.SENT else str(outcome)
    mine.update(state=state, attempts=attempts, result_at=now, next_try_at=again_at, lease_until=None, error=error)
    return state


def write_sent(model: type[SendingRow], ids: list[int], *, worker: str, now: datetime) -> list[int]:
    """Write that the relay took all these, in one statement; return those that were still this worker's."""
    sent = {"state": SendingState.SENT, "result_at": now, "next_try_at": None, "lease_until": None, "error": ""}
    mine = model.objects.filter(pk__in=ids, worker=worker)
    if mine.filter(state__in=UNSETTLED).update(**sent) == len(ids):
        return ids
    return list(mine.filter(state=SendingState.SENT, result_at=now).values_list("pk", flat=True))


def put_back(model: type[SendingRow], ids: Iterable[int], *, worker: str, now: datetime) -> int:
    """Take back what was marked as being sent and certainly never left; return how many wait again.

    What was called off meanwhile ends here.
    """
    mine = model.objects.filter(pk__in=list(ids), worker=worker, state__in=UNSETTLED)
    ended = {"state": SendingState.CANCELLED, "result_at": now, "lease_until": None, "attempts": F("attempts") - 1}
    mine.filter(error=CALLED_OFF).update(**ended)
    waits = {"state": SendingState.PENDING, "worker": "", "lease_until": None, "next_try_at": None, "result_at": None}
    return mine.update(**waits, attempts=F("attempts") - 1, error="")


def give_up_on(row: SendingRow, *, worker: str, now: datetime) -> int:
    """Make a mail uncertain that was handed over by a worker that is gone; return how many (0 where it is already)."""
    mine = type(row).objects.filter(pk=row.pk, worker=worker, state=SendingState.SENDING)
    return mine.update(**_uncertain(now))


def close_claimed(rows: QuerySet, ids: Iterable[int], *, state: str, error: str, worker: str, now: datetime) -> int:
    """Give claimed rows that are not to be offered their end (suppressed, refused); return how many."""
    mine = rows.filter(pk__in=list(ids), worker=worker, state=SendingState.CLAIMED)
    return mine.update(state=state, result_at=now, lease_until=None, error=error)


def extend(rows: QuerySet, *, worker: str, lease_until: datetime) -> None:
    """The worker lives: what it holds stays its own until then."""
    mine = rows.filter(worker=worker, state__in=[SendingState.CLAIMED, SendingState.SENDING])
    mine.update(lease_until=lease_until)


def release(rows: QuerySet, *, worker: str) -> int:
    """Give back what this worker took and did not offer; return how many."""
    mine = rows.filter(worker=worker, state=SendingState.CLAIMED)
    return mine.update(state=SendingState.PENDING, worker="", lease_until=None, next_try_at=None)


def reap(rows: QuerySet, *, now: datetime) -> tuple[int, int]:
    """Settle what workers left behind that were killed: return (taken back, uncertain).

    A claimed row whose lease is over waits again; one that was being sent is uncertain for ever, until a person or
    the relay's own report decides.
    """
    over = rows.filter(lease_until__lte=now)
    if not over.filter(state__in=[SendingState.CLAIMED, SendingState.SENDING]).exists():
        return 0, 0
    with transaction.atomic():
        back = over.filter(state=SendingState.CLAIMED).update(
            state=SendingState.PENDING, worker="", lease_until=None, next_try_at=None
        )
        uncertain = over.filter(state=SendingState.SENDING).update(**_uncertain(now))
    return back, uncertain


def _uncertain(now: datetime) -> dict:
    return {"state": SendingState.AMBIGUOUS, "result_at": now, "lease_until": None, "error": LEASE_OVER}


def _due_again(rows: QuerySet, now: datetime) -> QuerySet:
    return rows.filter(state=SendingState.DEFERRED, next_try_at__lte=now)


def _locked(rows: QuerySet) -> QuerySet:
    skip = transaction.get_connection().features.has_select_for_update_skip_locked
    return rows.select_for_update(skip_locked=skip).values_list("pk", flat=True)
