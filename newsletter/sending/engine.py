"""The loop that delivers: what dead workers left, then single mails, then the issues. One worker is one process."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from center.models import CentreSettings, OutgoingMail, SendingState
from center.queries import centre_settings
from newsletter.models import Delivery, Issue, IssueState
from newsletter.sending import claims
from newsletter.sending.addresses import UnmailableAddress
from newsletter.sending.alarms import NO_RENDERING, pause_and_tell, tell_exceptions
from newsletter.sending.handover import Handover
from newsletter.sending.instance import check_instance
from newsletter.sending.journal import Journal
from newsletter.sending.lanes import SOURCE_LOCALE, IssueLane, SingleLane
from newsletter.sending.message import sender_address
from newsletter.sending.recipients import materialise_recipients
from newsletter.sending.settling import settle_what_is_left
from newsletter.sending.station import CHUNK, LOOK_AGAIN, Station, Tally
from newsletter.sending.transport import Transport
from newsletter.sending.verbs import ALIVE, STOPPABLE, NotBeingSent, close_issue

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)


class NoSender(Exception):
    """Neither the centre's settings nor DEFAULT_FROM_EMAIL hold an address to send from."""


class Worker:
    """Delivers what is due, until nothing is, `stop` is set, or the relay cannot be reached.

    `clock` gives aware moments, `sleep` takes seconds; tests bring their own. `look_again`: seconds after which it is
    asked anew who may still be mailed.
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
        look_again: float = LOOK_AGAIN,
    ) -> None:
        # A name that no other life of this worker has, so that what is "mine" is mine alone.
        self.name = f"{(name or socket.gethostname())[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.stop = stop or threading.Event()
        self.clock = clock
        self.station = Station(
            name=self.name,
            transport=transport,
            journal=Journal(self.name),
            lease=lease,
            chunk=chunk or getattr(transport, "chunk", CHUNK),
            stop=self.stop,
            clock=clock,
            sleep=sleep or self.stop.wait,
            look_again=look_again,
        )
        self._broke_off = False

    @property
    def tally(self) -> Tally:
        """What the last run did, or the one under way."""
        return self.station.tally

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
        self.station.tally = Tally()
        try:
            self._reap()
            self._broke_off = True  # until it came through
            if not issue_slug:
                self._work_off_single_mails(centre)
            issues = Issue.objects.filter(state=IssueState.SENDING).order_by("send_at", "pk")
            for issue in issues.filter(slug=issue_slug) if issue_slug else issues:
                if self._may_continue():
                    self._work_off_issue(issue, centre, single_mails_between=not issue_slug)
            self._broke_off = False
        finally:
            self.station.transport.close()
            self.station.journal.close()
        return self.tally

    def _may_continue(self) -> bool:
        return not self.stop.is_set() and not self.tally.relay_trouble

    def _reap(self) -> None:
        """Settle what workers left behind: by their journals where they are at hand, else by their leases."""
        centre = centre_settings()
        counts = settle_what_is_left(centre=centre, now=self.clock(), own=self.name if self._broke_off else "")
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
        while self._may_continue() and Handover(self.station, lane).run():
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
        while self._may_continue() and Handover(self.station, lane).run():
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
