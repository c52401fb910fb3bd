"""How the sending fares: whether its loop runs, what waits, what it said last. `now` is an aware moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min, Q

from center.models import OutgoingMail, SendingState
from center.opening import day_start, tokyo_date
from newsletter.models import Delivery, Issue, IssueState, WorkerBeat
from newsletter.sending.claims import OPEN

SILENT_AFTER = timedelta(minutes=10)
"""A loop that was not seen for this long is taken for dead."""
BEAT_EVERY = timedelta(seconds=15)
"""A worker comes round every two seconds; writing it down less often spares the database."""
FORGET_BEATS_AFTER = timedelta(days=1)
RECENT = timedelta(days=3)
"""Mails of issues older than this say nothing about today."""

_written: dict[str, tuple[datetime, str]] = {}


def beat(worker: str, now: datetime, *, trouble: str = "") -> None:
    """A worker's loop came round. `trouble` is what keeps it from sending, in words for staff; "" where nothing does.

    Cheap enough to be called every time: it writes every BEAT_EVERY, and at once when the trouble changes.
    """
    trouble = trouble[:500]
    known = _written.get(worker)
    if known and known[1] == trouble and timedelta() <= now - known[0] < BEAT_EVERY:
        return
    WorkerBeat.objects.update_or_create(worker=worker[:64], defaults={"at": now, "trouble": trouble})
    WorkerBeat.objects.filter(at__lt=now - FORGET_BEATS_AFTER).delete()
    _written[worker] = (now, trouble)


@dataclass(frozen=True)
class Health:
    """Numbers of mails, single ones and those of issues together. `last_error` is the sender's raw line."""

    seen_at: datetime | None
    trouble: str
    waiting: int
    waiting_since: datetime | None
    last_sent_at: datetime | None
    last_error: str
    last_error_at: datetime | None
    uncertain: int
    failed: int
    paused: list[Issue]
    sent_today: int
    refused_today: int
    is_silent: bool

    @property
    def is_stopped(self) -> bool:
        """Mails wait, and nobody is there to send them."""
        return bool(self.waiting) and self.is_silent

    @property
    def needs_a_look(self) -> bool:
        """Whether there is anything that a person should see to."""
        return bool(self.is_stopped or self.trouble or self.uncertain or self.failed or self.paused)


def health(*, now: datetime) -> Health:
    """How the sending fares now."""
    mails, deliveries = OutgoingMail.objects.all(), _recent_deliveries(now)
    alive = deliveries.filter(issue__state=IssueState.SENDING)
    seen_at, trouble = _last_sign(mails, alive)
    waiting_mails = mails.filter(state__in=OPEN)
    waiting = waiting_mails.count() + alive.filter(state__in=OPEN).count()
    # An issue whose recipients are not written yet waits as well.
    waiting += Issue.objects.filter(state=IssueState.SENDING, materialised_at=None).count()
    started = Issue.objects.filter(state=IssueState.SENDING).aggregate(at=Min("send_at"))["at"]
    queued = waiting_mails.aggregate(at=Min("created_at"))["at"]
    error, error_at = _last_error(mails, deliveries)
    today = day_start(tokyo_date(now))
    return Health(
        seen_at=seen_at,
        trouble=trouble,
        waiting=waiting,
        waiting_since=min((at for at in (started, queued) if at), default=None) if waiting else None,
        last_sent_at=_latest(rows.filter(state=SendingState.SENT) for rows in (mails, deliveries)),
        last_error=error,
        last_error_at=error_at,
        uncertain=_count((mails, Delivery.objects.all()), state=SendingState.AMBIGUOUS),
        failed=mails.filter(state=SendingState.REFUSED).count(),
        paused=list(Issue.objects.filter(state=IssueState.PAUSED).order_by("send_at")),
        sent_today=_count((mails, deliveries), state=SendingState.SENT, result_at__gte=today),
        refused_today=_count((mails, deliveries), state=SendingState.REFUSED, result_at__gte=today),
        is_silent=seen_at is None or now - seen_at >= SILENT_AFTER,
    )


def is_stopped(*, now: datetime) -> bool:
    """Whether mails wait although no loop was seen for SILENT_AFTER. A few small queries."""
    return health(now=now).is_stopped


def _recent_deliveries(now: datetime):
    """The deliveries of issues that are on their way or were lately, found by their issue: the table is long."""
    under_way = Q(state__in=(IssueState.SENDING, IssueState.PAUSED))
    recent = Issue.objects.filter(under_way | Q(send_at__gte=now - RECENT) | Q(sent_at__gte=now - RECENT))
    return Delivery.objects.filter(issue__in=list(recent.values_list("pk", flat=True)))


def _last_sign(mails, deliveries) -> tuple[datetime | None, str]:
    """When a worker was seen last, and its trouble. While it works off a long issue its mails speak for it."""
    last = WorkerBeat.objects.order_by("-at").first()
    at_work = [rows.aggregate(at=Max("intent_at"))["at"] for rows in (mails, deliveries)]
    seen = [at for at in (last and last.at, *at_work) if at]
    return max(seen, default=None), last.trouble if last else ""


def _last_error(mails, deliveries) -> tuple[str, datetime | None]:
    """The newest words of a server about a mail that waits for another try or was turned down."""
    states = (SendingState.DEFERRED, SendingState.REFUSED, SendingState.AMBIGUOUS)
    found = []
    for rows in (mails, deliveries):
        last = rows.filter(state__in=states, result_at__isnull=False).exclude(error="").order_by("-result_at").first()
        found += [(last.result_at, last.error)] if last else []
    at, error = max(found, default=(None, ""))
    return error, at


def _latest(querysets) -> datetime | None:
    return max((at for rows in querysets if (at := rows.aggregate(at=Max("result_at"))["at"])), default=None)


def _count(tables, **conditions) -> int:
    return sum(rows.filter(**conditions).count() for rows in tables)
