"""The loop that delivers: claim, look again who may be mailed, mark, send, write down. One worker is one process.

Mails are marked `sending` and that is committed before the relay hears of them; their results are committed after. A
worker that is killed between the two leaves `sending` behind; its journal says which of them were offered to the relay,
and only those without an answer become `ambiguous`, which a machine never sends again. So nobody gets a mail twice, and
nobody is marked sent who was not.
"""

import logging
import os
import random
import secrets
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from center.models import CentreSettings, OutgoingMail, SendingState
from center.queries import centre_settings
from newsletter.models import Delivery, Issue, IssueState
from newsletter.sending import claims, pace
from newsletter.sending.addresses import UnmailableAddress
from newsletter.sending.alarms import NO_RENDERING, pause_and_tell, tell_exceptions
from newsletter.sending.instance import advance_epoch, check_instance, write_epoch
from newsletter.sending.journal import Journal, Key
from newsletter.sending.lanes import SOURCE_LOCALE, IssueLane, Lane, Letter, SingleLane
from newsletter.sending.message import sender_address
from newsletter.sending.mime import UnsendableMessage
from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage
from newsletter.sending.recipients import materialise_recipients
from newsletter.sending.settling import settle_what_is_left, table_of
from newsletter.sending.transport import Transport
from newsletter.sending.verbs import ALIVE, STOPPABLE, NotBeingSent, close_issue

logger = logging.getLogger(__name__)

CLAIM = 200
"""Rows taken at once. Who leaves meanwhile is seen right before each mail."""
LEASE = timedelta(seconds=120)
CHUNK = 200
"""Mails between two commits, at most; the journal knows of each."""
COMMIT_TRIES = 5
LONGEST_NAP = 5.0


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


class NoSender(Exception):
    """Neither the centre's settings nor DEFAULT_FROM_EMAIL hold an address to send from."""


class Worker:
    """Delivers what is due, until nothing is, `stop` is set, or the relay cannot be reached.

    `clock` gives aware moments, `sleep` takes seconds; tests bring their own.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        name: str = "",
        lease: timedelta = LEASE,
        chunk: int | None = None,
        stop: threading.Event | None = None,
        clock: Callable[[], datetime] = timezone.now,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.transport = transport
        self.lease = lease
        self.chunk = chunk or getattr(transport, "chunk", CHUNK)
        self.stop = stop or threading.Event()
        self.clock = clock
        self.sleep = sleep or self.stop.wait
        # A name that no other life of this worker has, so that what is "mine" is mine alone.
        self.name = f"{(name or socket.gethostname())[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.tally = Tally()
        self.journal = Journal(self.name)
        self._extended_at: datetime | None = None
        self._marked_until: datetime | None = None
        self._places = 0
        self._written: list[str] = []

    def run(self, *, issue_slug: str = "") -> Tally:
        """One run over everything that is due; small mails first, again after each claim of an issue.

        With `issue_slug` that issue alone. Raises RefusesToSend on a copied database, NoSender.
        """
        check_instance()
        centre = centre_settings()
        try:
            sender_address(centre)
        except UnmailableAddress:
            raise NoSender(
                "差出人のメールアドレスが正しくありません（センターの設定か DEFAULT_FROM_EMAIL）。"
            ) from None
        self.tally = Tally()
        try:
            self._reap()
            if not issue_slug:
                self._work_off_single_mails(centre)
            issues = Issue.objects.filter(state=IssueState.SENDING).order_by("send_at", "pk")
            for issue in issues.filter(slug=issue_slug) if issue_slug else issues:
                if self._may_continue():
                    self._work_off_issue(issue, centre, single_mails_between=not issue_slug)
        finally:
            self.transport.close()
            self.journal.close()
        return self.tally

    def _may_continue(self) -> bool:
        return not self.stop.is_set() and not self.tally.relay_trouble

    def _reap(self) -> None:
        """Settle what workers left behind: by their journals where they are at hand, else by their leases."""
        centre = centre_settings()
        counts = settle_what_is_left(centre=centre, now=self.clock())
        for state, count in counts.items():
            self.tally.add(state, count)
        now = self.clock()
        alive = Issue.objects.filter(state__in=ALIVE).values_list("pk", flat=True)
        for rows in (OutgoingMail.objects.all(), Delivery.objects.filter(issue__in=list(alive))):
            back, uncertain = claims.reap(rows, now=now)
            if back or uncertain:
                logger.warning("a worker ended early: %s taken back, %s uncertain", back, uncertain)
            self.tally.add(SendingState.AMBIGUOUS, uncertain)

    def _work_off_single_mails(self, centre: CentreSettings) -> None:
        lane = SingleLane(centre)
        while self._may_continue() and self._work_off_one_claim(lane):
            pass

    def _work_off_issue(self, issue: Issue, centre: CentreSettings, *, single_mails_between: bool) -> None:
        lane = IssueLane(issue, centre)
        now = self.clock()
        if issue.materialised_at and not lane.rows().filter(state__in=STOPPABLE).exists():
            self._close_issue(lane)  # the last moment is no matter where nobody waits
            return
        if not lane.may_go_on(now=now):
            return
        if issue.materialised_at is None and not self._has_recipients(issue, lane, now):
            return
        while self._may_continue() and self._work_off_one_claim(lane):
            if single_mails_between:
                self._work_off_single_mails(centre)
        self._close_issue(lane)

    def _close_issue(self, lane: IssueLane) -> None:
        """End the issue where nobody is left to mail, and tell staff of whoever did not get it for certain."""
        if claims.is_anything_open(lane.rows()):
            return
        now = self.clock()
        with transaction.atomic():
            report = close_issue(lane.issue, now=now)
            if report and report.has_exceptions:
                tell_exceptions(lane.issue, report, centre=lane.centre, now=now)
        if report:
            self.tally.closed.append(lane.issue.slug)

    def _has_recipients(self, issue: Issue, lane: IssueLane, now: datetime) -> bool:
        """Write the recipients of an issue that has its approved text; False where it was stopped."""
        if SOURCE_LOCALE not in lane.renderings:
            with transaction.atomic():
                pause_and_tell(issue, reason=NO_RENDERING, centre=lane.centre, now=now)
            return False
        try:
            materialise_recipients(issue, now=now)
        except NotBeingSent:
            return False
        return True

    def _work_off_one_claim(self, lane: Lane) -> bool:
        """Claim, send what may be sent, give back the rest. False when nothing was due."""
        now = self.clock()
        if not claims.is_anything_due(lane.rows(), now=now) or not lane.may_go_on(now=now):
            return False
        limit = pace.per_minute(now=now)
        rows, epoch = self._claim(lane, min(CLAIM, limit), now)
        write_epoch(epoch)
        results: list[tuple[Letter, Outcome]] = []
        try:
            for ids in _chunks(rows, self._chunk(limit)):
                letters = self._composed(lane, ids)
                letters = self._write_and_mark(lane, results, letters, limit)
                results = []
                if letters is None:
                    break
                self._deliver(lane, letters, results, limit)
                if self.tally.relay_trouble:
                    break
        finally:
            self._durably(lambda: self._finish(lane, results))
            self._committed()
        return True

    def _chunk(self, limit: int) -> int:
        """Mails between two commits: what leaves in a second, so that what is marked is soon done."""
        return min(self.chunk, max(1, limit // 60)) if self.transport.is_paced else self.chunk

    def _claim(self, lane: Lane, limit: int, now: datetime) -> tuple[list, int]:
        with transaction.atomic():
            ids = claims.claim(lane.rows(), worker=self.name, limit=limit, lease_until=now + self.lease, now=now)
            rows = lane.load(ids)
            barred = lane.barred(rows)
            for code in set(barred.values()):
                ids = [pk for pk, why in barred.items() if why == code]
                self._close(lane, ids, SendingState.SUPPRESSED, code, now)
            lane.forget(list(barred))
            epoch = advance_epoch()
        self.tally.add(SendingState.SUPPRESSED, len(barred))
        self._extended_at = now
        return [row for row in rows if row.pk not in barred], epoch

    def _composed(self, lane: Lane, rows: Iterable) -> list[Letter]:
        """The finished messages; a row that cannot become one is refused without the relay hearing of it."""
        letters = []
        for row in rows:
            now = self.clock()
            try:
                letters.append(lane.compose(row, now=now))
            except (UnsendableMessage, UnmailableAddress) as error:
                outcome = Outcome(OutcomeKind.REFUSED, Stage.COMPOSE, 0, f"{type(error).__name__}: {error}")
                with transaction.atomic():
                    self._close(lane, [row.pk], SendingState.REFUSED, str(outcome), now)
                    lane.note(row, outcome, SendingState.REFUSED, now=now)
                self.tally.add(SendingState.REFUSED)
                if not lane.may_go_on(now=now):  # that was the tenth in a row
                    break
        return letters

    def _close(self, lane: Lane, ids: list[int], state: str, error: str, now: datetime) -> None:
        claims.close_claimed(lane.rows(), ids, state=state, error=error, worker=self.name, now=now)

    def _write_and_mark(
        self, lane: Lane, results: list[tuple[Letter, Outcome]], letters: list[Letter], limit: int
    ) -> list[Letter] | None:
        """Write the last results and mark the next mails, in one commit where no waiting lies between.

        Returns the letters that may be sent now, or None when this claim is over.
        """
        mine = self._durably(lambda: self._write_and_reserve(lane, results, letters, limit))
        self._committed()
        if isinstance(mine, datetime):
            self._wait_until(mine, lane)
            mine = None if self.stop.is_set() else self._durably(lambda: self._mark(lane, letters))
        return None if mine is None else [letter for letter in letters if letter.row.pk in mine]

    def _write_and_reserve(
        self, lane: Lane, results: list[tuple[Letter, Outcome]], letters: list[Letter], limit: int
    ) -> datetime | set[int] | None:
        """The ids that were marked, or the moment from which they may be; None when the lane does not go on."""
        with transaction.atomic():
            self._write(lane, results)
            now = self.clock()
            if self.stop.is_set() or not lane.may_go_on(now=now):
                return None
            if not letters:
                return set()
            self._stay_alive(lane, now)
            starts_at = self._reserve(limit, now)
            return starts_at if starts_at > now else self._mark(lane, letters)

    def _reserve(self, limit: int, now: datetime) -> datetime:
        """Take the next places in the pace, in the caller's transaction; the moment from which they may be used."""
        if not self.transport.is_paced:
            return now
        self._places = pace.together(limit)
        return pace.reserve(self._places, limit=limit, now=now)

    def _mark(self, lane: Lane, letters: list[Letter]) -> set[int] | None:
        with transaction.atomic():
            now = self.clock()
            if not lane.may_go_on(now=now):
                return None
            ids = [letter.row.pk for letter in letters]
            self._marked_until = now + self.lease
            rows, until = lane.still_wanted(), self._marked_until
            return claims.mark_sending(rows, ids, worker=self.name, lease_until=until, now=now)

    def _deliver(self, lane: Lane, letters: list[Letter], results: list[tuple[Letter, Outcome]], limit: int) -> None:
        """Hand the marked letters to the relay and put what became of them into `results`.

        What was not offered to the relay waits again. What was, and has no answer because something broke, may have
        arrived.
        """
        offered: set[int] = set()
        settled: set[int] = set()

        def offer(letter: Letter) -> bool:
            if not self._may_leave(lane, letter, limit):
                return False
            offered.add(letter.row.pk)
            return True

        def settle(letter: Letter, outcome: Outcome) -> None:
            settled.add(letter.row.pk)
            results.append((letter, outcome))
            self._note(letter, outcome)
            if outcome.is_about_the_relay:
                self.tally.relay_trouble = str(outcome)
            if outcome.kind is not OutcomeKind.SENT:  # equal errors stop an issue, so they are counted at once
                self._durably(lambda: self._write_in_between(lane, results))
                results.clear()

        words = "the transport said nothing"
        try:
            self.transport.deliver(letters, offered=offer, settled=settle)
        except Exception as error:  # whatever went wrong in a transport: the relay may have what was offered
            logger.exception("the transport broke")
            self.tally.relay_trouble = words = f"{type(error).__name__}: {error}"
        for letter in letters:
            if letter.row.pk in offered - settled:
                settle(letter, Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, 0, words))
        if left := [letter.row.pk for letter in letters if letter.row.pk not in settled]:
            model, now = type(letters[0].row), self.clock()
            self._durably(lambda: claims.put_back(model, left, worker=self.name, now=now))
            lane.reopen()

    def _may_leave(self, lane: Lane, letter: Letter, limit: int) -> bool:
        """Right before a body leaves: wait for its place, look once more whether it may, and note that it does."""
        if self.tally.relay_trouble or not self._has_place(lane, limit):
            return False
        if self.clock() >= self._marked_until:  # this machine slept meanwhile
            return False
        self._stay_alive(lane, self.clock())
        if not self._durably(lambda: lane.may_leave(letter.row, worker=self.name, now=self.clock())):
            return False
        try:
            self.journal.offered(_key(letter))
        except OSError as error:
            logger.exception("the journal cannot be written")
            self.tally.relay_trouble = f"{self.journal.path}: {error}"
            return False
        return True

    def _has_place(self, lane: Lane, limit: int) -> bool:
        if self.stop.is_set():
            return False
        if not self.transport.is_paced:
            return True
        if not self._places:
            self._wait_until(self._durably(lambda: self._reserved(limit)), lane)
        self._places -= 1
        return not self.stop.is_set()

    def _reserved(self, limit: int) -> datetime:
        with transaction.atomic():
            return self._reserve(limit, self.clock())

    def _note(self, letter: Letter, outcome: Outcome) -> None:
        try:
            self.journal.settled(_key(letter), outcome)
        except OSError:  # it stays in memory, and goes to the database with the next commit
            logger.exception("the journal cannot be written")

    def _write(self, lane: Lane, results: list[tuple[Letter, Outcome]]) -> None:
        """Write outcomes in their order; those that the relay took one after the other in one statement."""
        now = self.clock()
        self._written = []
        for is_sent, some in groupby(results, key=lambda result: result[1].kind is OutcomeKind.SENT):
            if is_sent:
                rows = [letter.row for letter, _ in some]
                ids = claims.write_sent(type(rows[0]), [row.pk for row in rows], worker=self.name, now=now)
                lane.note_sent(ids)
                self._written += [SendingState.SENT] * len(ids)
                continue
            for letter, outcome in some:
                state = claims.write_result(letter.row, outcome, worker=self.name, now=now, chance=random.random)
                if state:
                    lane.note(letter.row, outcome, state, now=now)
                    self._written.append(state)

    def _write_in_between(self, lane: Lane, results: list[tuple[Letter, Outcome]]) -> None:
        with transaction.atomic():
            self._write(lane, results)
        self._count_written()

    def _count_written(self) -> None:
        """After the commit: what is counted is also written."""
        for state in self._written:
            self.tally.add(state)
        self._written = []

    def _committed(self) -> None:
        """After the commit that leaves nothing offered without its result: the journal need not know of it any more."""
        self._count_written()
        self.journal.forget()

    def _finish(self, lane: Lane, results: list[tuple[Letter, Outcome]]) -> None:
        with transaction.atomic():
            self._write(lane, results)
            claims.release(lane.rows(), worker=self.name)

    def _wait_until(self, starts_at: datetime, lane: Lane) -> None:
        """Sleep until the place that the pace gave, telling the others that this worker lives."""
        left = (starts_at - self.clock()).total_seconds()
        while left > 0 and not self.stop.is_set():
            nap = min(left, LONGEST_NAP)
            self.sleep(nap)
            left -= nap
            if left > 0:
                self._stay_alive(lane, self.clock())

    def _stay_alive(self, lane: Lane, now: datetime) -> None:
        if self._extended_at is None or now - self._extended_at > self.lease / 3:
            claims.extend(lane.rows(), worker=self.name, lease_until=now + self.lease)
            self._extended_at, self._marked_until = now, now + self.lease

    def _durably(self, act: Callable[[], object]):
        """Do it again when the database was away for a moment: a result that is not written makes a mail uncertain."""
        for left in reversed(range(COMMIT_TRIES)):
            try:
                return act()
            except (OperationalError, InterfaceError):
                if not left or not self._recover():
                    raise

    def _recover(self) -> bool:
        """Wait and connect anew. False inside somebody else's transaction, where nothing can be done again."""
        if connection.in_atomic_block:
            return False
        logger.warning("the database did not answer, trying again")
        connection.close_if_unusable_or_obsolete()
        time.sleep(1)
        return True


def _key(letter: Letter) -> Key:
    return table_of(type(letter.row)), letter.row.pk


def _chunks(rows: list, size: int) -> Iterable[list]:
    waiting = deque(rows)
    while waiting:
        yield [waiting.popleft() for _ in range(min(size, len(waiting)))]
