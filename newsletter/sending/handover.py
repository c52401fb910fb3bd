"""One claim of a lane, from the claim to the last result: the part of the loop in which a mail may be lost or doubled.

Mails are marked `sending` and that is committed before the relay hears of them; their results are committed after. A
worker that is killed between the two leaves `sending` behind; its journal says which of them were offered to the relay,
and only those without an answer become `ambiguous`, which a machine never sends again. So nobody gets a mail twice, and
nobody is marked sent who was not.
"""

import logging
import random
import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from django.db import transaction

from center.models import SendingState
from newsletter.sending import claims, pace
from newsletter.sending.addresses import UnmailableAddress
from newsletter.sending.durable import durably
from newsletter.sending.instance import advance_epoch, write_epoch
from newsletter.sending.journal import Key
from newsletter.sending.lanes import Lane, Letter
from newsletter.sending.mime import UnsendableMessage
from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage
from newsletter.sending.places import Places
from newsletter.sending.settling import table_of
from newsletter.sending.station import Station

logger = logging.getLogger(__name__)

CLAIM = 200
"""Rows taken at once. Who leaves meanwhile is seen right before each mail."""


class Handover:
    """Claims rows of a lane, hands their mails to the relay and writes down what became of them."""

    def __init__(self, station: Station, lane: Lane) -> None:
        self.station = station
        self.lane = lane
        self.limits = pace.limits(now=station.clock())
        self._results: list[tuple[Letter, Outcome]] = []
        self.places = Places(station, lane, self.limits, stay_alive=self._stay_alive)
        self._extended_at: datetime | None = None
        self._marked_until: datetime | None = None
        self._written: list[str] = []
        self._rows: list = []
        self._free: set[int] = set()
        self._looked_at: float | None = None

    def run(self) -> bool:
        """Claim, send what may be sent, give back the rest. False when nothing may be sent now."""
        now = self.station.clock()
        if not claims.is_anything_due(self.lane.rows(), now=now) or not self._may_go_on(now):
            return False
        rows, waits_until, epoch = self._claim(now)
        write_epoch(epoch)
        if waits_until:  # what is left is for domains that have to wait
            self.places.wait_until(waits_until)
        try:
            for some in _chunks(rows, self._chunk()):
                letters = self._write_and_mark(self._composed(some))
                if letters is None:
                    break
                self._deliver(letters)
                if self.station.tally.relay_trouble:
                    break
        finally:
            durably(self._finish)
            self._results.clear()  # the messages are large, and this object may live until the next garbage collection
            self._committed()
        return True

    def _may_go_on(self, now: datetime) -> bool:
        if not self.lane.may_go_on(now=now):
            return False
        return not (self.lane.is_bulk and self.limits.quiet_end(now))

    def _chunk(self) -> int:
        """Mails between two commits: what leaves in a second, so that what is marked is soon done."""
        chunk = self.station.chunk
        return min(chunk, max(1, self.places.rate // 60)) if self.station.transport.is_paced else chunk

    # taking rows

    def _claim(self, now: datetime) -> tuple[list, datetime | None, int]:
        """The rows to send, the moment to wait for where there are only such as must wait, and the claim's number."""
        with transaction.atomic():
            ids, waits_until = self._claimed(now)
            rows = self.lane.load(ids)
            barred = self.lane.barred(rows)
            for code in set(barred.values()):
                some = [pk for pk, why in barred.items() if why == code]
                self._close(some, SendingState.SUPPRESSED, code, now)
            self.lane.forget(list(barred))
            epoch = advance_epoch()
        self.station.tally.add(SendingState.SUPPRESSED, len(barred))
        self._extended_at, self._looked_at = now, time.monotonic()
        return [row for row in rows if row.pk not in barred], waits_until, epoch

    def _claimed(self, now: datetime) -> tuple[list[int], datetime | None]:
        """Up to 200 rows; of a domain with a limit of its own as many as may leave now."""
        rows, limit = self.lane.rows(), min(CLAIM, self.places.rate)
        domains = pace.domains() if self.lane.is_bulk and self.station.transport.is_paced else []
        if domains:
            limit = max(1, min(limit, self.places.rate // 60))  # a second's worth: they are looked at once a second
        ids: list[int] = []
        for domain in domains:
            theirs = {"email_norm__endswith": f"@{domain.domain}"}
            if room := min(limit - len(ids), pace.free_places(domain, now=now)):
                found = self._claim_from(rows.filter(**theirs), room, now)
                pace.take_places(domain, len(found), now=now)
                ids += found
            rows = rows.exclude(**theirs)
        ids += self._claim_from(rows, limit - len(ids), now)
        waiting = [domain.next_at for domain in domains if domain.next_at and domain.next_at > now]
        return ids, min(waiting) if waiting and not ids else None

    def _claim_from(self, rows, limit: int, now: datetime) -> list[int]:
        until = now + self.station.lease
        return claims.claim(rows, worker=self.station.name, limit=limit, lease_until=until, now=now) if limit else []

    def _composed(self, rows: Iterable) -> list[Letter]:
        """The finished messages; a row that cannot become one is refused without the relay hearing of it."""
        letters = []
        for row in rows:
            now = self.station.clock()
            try:
                letters.append(self.lane.compose(row, now=now))
            except (UnsendableMessage, UnmailableAddress) as error:
                outcome = Outcome(OutcomeKind.REFUSED, Stage.COMPOSE, 0, f"{type(error).__name__}: {error}")
                with transaction.atomic():
                    self._close([row.pk], SendingState.REFUSED, str(outcome), now)
                    self.lane.note(row, outcome, SendingState.REFUSED, now=now)
                self.station.tally.add(SendingState.REFUSED)
                if not self.lane.may_go_on(now=now):  # that was the tenth in a row
                    break
        return letters

    def _close(self, ids: list[int], state: str, error: str, now: datetime) -> None:
        claims.close_claimed(self.lane.rows(), ids, state=state, error=error, worker=self.station.name, now=now)

    # marking

    def _write_and_mark(self, letters: list[Letter]) -> list[Letter] | None:
        """Write the last results and mark the next mails, in one commit where no waiting lies between.

        Returns the letters that may be sent now, or None when this claim is over.
        """
        mine = durably(lambda: self._write_and_reserve(letters))
        self._results.clear()
        self._committed()
        if isinstance(mine, datetime):
            self.places.wait_until(mine)
            mine = None if self.station.stop.is_set() else durably(lambda: self._mark(letters))
        return None if mine is None else [letter for letter in letters if letter.row.pk in mine]

    def _write_and_reserve(self, letters: list[Letter]) -> datetime | set[int] | None:
        """The ids that were marked, or the moment from which they may be; None when the lane does not go on."""
        with transaction.atomic():
            self._write()
            now = self.station.clock()
            if self.station.stop.is_set() or not self._may_go_on(now):
                return None
            if not letters:
                return set()
            self._stay_alive(now)
            starts_at = self.places.reserve(now)
            return starts_at if starts_at > now else self._mark(letters)

    def _mark(self, letters: list[Letter]) -> set[int] | None:
        with transaction.atomic():
            now = self.station.clock()
            if not self._may_go_on(now):
                return None
            ids = [letter.row.pk for letter in letters]
            self._marked_until = until = now + self.station.lease
            return claims.mark_sending(
                self.lane.still_wanted(), ids, worker=self.station.name, lease_until=until, now=now
            )

    # handing over

    def _deliver(self, letters: list[Letter]) -> None:
        """Hand the marked letters to the relay and keep what became of them.

        What was not offered to the relay waits again. What was, and has no answer because something broke, may have
        arrived.
        """
        offered: set[int] = set()
        settled: set[int] = set()
        self._rows = [letter.row for letter in letters]
        self._free = {letter.row.pk for letter in letters}  # by what the claim and the marking found

        def offer(letter: Letter) -> bool:
            if not self._may_leave(letter):
                return False
            offered.add(letter.row.pk)
            return True

        def settle(letter: Letter, outcome: Outcome) -> None:
            settled.add(letter.row.pk)
            self._settle(letter, outcome)

        words = "the transport said nothing"
        try:
            self.station.transport.deliver(letters, offered=offer, settled=settle)
        except Exception as error:  # whatever went wrong in a transport: the relay may have what was offered
            logger.exception("the transport broke")
            self.station.tally.relay_trouble = words = f"{type(error).__name__}: {error}"
        for letter in letters:
            if letter.row.pk in offered - settled:
                settle(letter, Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, 0, words))
        if left := [letter.row.pk for letter in letters if letter.row.pk not in settled]:
            model, now = type(letters[0].row), self.station.clock()
            durably(lambda: claims.put_back(model, left, worker=self.station.name, now=now))
            self.lane.reopen()

    def _settle(self, letter: Letter, outcome: Outcome) -> None:
        self._results.append((letter, outcome))
        try:
            self.station.journal.settled(_key(letter), outcome)
        except OSError:  # it stays in memory, and goes to the database with the next commit
            logger.exception("the journal cannot be written")
        if outcome.is_about_the_relay:
            self.station.tally.relay_trouble = str(outcome)
        if outcome.kind is not OutcomeKind.SENT:  # equal errors stop an issue, so they are counted at once
            durably(self._write_in_between)
            self._results.clear()
            self._looked_at = None

    def _may_leave(self, letter: Letter) -> bool:
        """Right before a body leaves: wait for its place, look once more whether it may, and note that it does."""
        station = self.station
        if station.tally.relay_trouble or not self.places.take():
            return False
        now = station.clock()
        if now >= self._marked_until:  # this machine slept meanwhile
            return False
        self._stay_alive(now)
        if not self._is_free(letter, now):
            return False
        try:
            station.journal.offered(_key(letter))
        except OSError as error:
            logger.exception("the journal cannot be written")
            station.tally.relay_trouble = f"{station.journal.path}: {error}"
            return False
        return True

    def _is_free(self, letter: Letter, now: datetime) -> bool:
        """Whether the mail may still leave; asked anew for all of the chunk when that was a tenth of a second ago.

        The claim asked first.
        """
        moment = time.monotonic()
        if self._looked_at is None or moment - self._looked_at >= self.station.look_again:
            rows, worker = self._rows, self.station.name
            self._free = durably(lambda: self.lane.free_to_leave(rows, worker=worker, now=now))
            self._looked_at = moment
        return letter.row.pk in self._free

    # writing down

    def _write(self) -> None:
        """Write the outcomes in their order; those that the relay took one after the other in one statement."""
        now, worker = self.station.clock(), self.station.name
        self._written = []
        for is_sent, some in groupby(self._results, key=lambda result: result[1].kind is OutcomeKind.SENT):
            if is_sent:
                rows = [letter.row for letter, _ in some]
                ids = claims.write_sent(type(rows[0]), [row.pk for row in rows], worker=worker, now=now)
                self.lane.note_sent(ids)
                self._written += [SendingState.SENT] * len(ids)
                continue
            for letter, outcome in some:
                state = claims.write_result(letter.row, outcome, worker=worker, now=now, chance=random.random)
                if state:
                    self.lane.note(letter.row, outcome, state, now=now)
                    self._written.append(state)

    def _write_in_between(self) -> None:
        with transaction.atomic():
            self._write()
        self._count_written()

    def _finish(self) -> None:
        with transaction.atomic():
            self._write()
            claims.release(self.lane.rows(), worker=self.station.name)

    def _committed(self) -> None:
        """After the commit that leaves nothing offered without its result: the journal need not know of it any more."""
        self._count_written()
        self.station.journal.forget()

    def _count_written(self) -> None:
        """After the commit: what is counted is also written."""
        for state in self._written:
            self.station.tally.add(state)
        self._written = []

    def _stay_alive(self, now: datetime) -> None:
        if self._extended_at is None or now - self._extended_at > self.station.lease / 3:
            until = now + self.station.lease
            claims.extend(self.lane.rows(), worker=self.station.name, lease_until=until)
            self._extended_at, self._marked_until = now, until


def _key(letter: Letter) -> Key:
    return table_of(type(letter.row)), letter.row.pk


def _chunks(rows: list, size: int) -> Iterator[list]:
    waiting = deque(rows)
    while waiting:
        yield [waiting.popleft() for _ in range(min(size, len(waiting)))]
