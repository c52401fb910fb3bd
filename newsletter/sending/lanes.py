"""The two kinds of rows that one loop delivers: the single mails, and the deliveries of an issue."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Protocol

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from center.intake.addresses import NotAnAddress, normalise_address
from center.models import CentreSettings, OutgoingMail, SendingRow, SendingState
from newsletter.models import (
    DONE_STATES,
    Delivery,
    ErrorStreak,
    Issue,
    IssueState,
    Rendering,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
)
from newsletter.sending.addresses import wire_address
from newsletter.sending.alarms import TOO_LATE, pause_and_tell, same_answer_words
from newsletter.sending.claims import CALLED_OFF
from newsletter.sending.message import IssueMail, compose_single_mail, sender_address
from newsletter.sending.outcomes import Outcome
from newsletter.sending.pace import issue_key
from newsletter.subscribers import suppress_address
from newsletter.tokens import address_hash

ENOUGH_EQUAL_ERRORS = 10
"""As many failures in a row for the same reason stop an issue: the reason is the relay's or ours, not the readers'."""
SOURCE_LOCALE = "ja"
SYSTEM_KINDS = frozenset({"framework"})
"""Single mails to the centre's own staff, such as a new password: no list of readers' wishes holds them back."""
KEEPS_BODY = frozenset({SendingState.AMBIGUOUS, SendingState.DEFERRED})


@dataclass(frozen=True)
class Letter:
    """A finished message and its envelope; `row` is what the outcome is written to.

    `rendering` is the edition of an issue's mail, for relays that take many of one edition at once.
    """

    row: SendingRow
    kind: str
    envelope_from: str
    rcpt: str
    data: bytes
    rendering: Rendering | None = None


class Lane(Protocol):
    """What the loop asks of a kind of rows.

    `is_bulk`: many mails at once, which keep the quiet hours and the limits of issues (by `pace_key`) and of domains.
    """

    is_bulk: bool
    pace_key: str

    def rows(self) -> QuerySet:
        """All rows of this lane, whatever their state."""

    def still_wanted(self) -> QuerySet:
        """The rows that may be marked now: asked in the statement that marks them, after `barred`."""

    def load(self, ids: list[int]) -> list[SendingRow]:
        """The claimed rows with what composing needs, in the order of `ids`."""

    def barred(self, rows: list[SendingRow]) -> dict[int, str]:
        """Which of the rows must not be mailed any more, and why: {id: a code for the row's `error`}."""

    def compose(self, row: SendingRow, *, now: datetime) -> Letter:
        """Raises UnsendableMessage, UnmailableAddress."""

    def may_go_on(self, *, now: datetime) -> bool:
        """Asked in the transaction that marks the next rows."""

    def free_to_leave(self, rows: list[SendingRow], *, worker: str, now: datetime) -> set[int]:
        """Which of the marked rows may still leave. Asked again and again, right before bodies leave.

        What is turned down here waits again, and `barred` then says why it does not leave.
        """

    def forget(self, ids: list[int]) -> None:
        """Erase what may not lie about once a mail has its end."""

    def note(self, row: SendingRow, outcome: Outcome, state: str, *, now: datetime) -> None:
        """What an outcome means beyond its row; in the transaction that writes it."""

    def note_sent(self, ids: list[int]) -> None:
        """The same for rows that the relay took one after the other."""

    def reopen(self) -> None:
        """Rows that were settled wait again."""


class SingleLane:
    """Receipts, confirmations, reminders: `OutgoingMail`."""

    is_bulk = False
    pace_key = ""

    def __init__(self, centre: CentreSettings) -> None:
        self.centre = centre

    def rows(self) -> QuerySet:
        return OutgoingMail.objects.all()

    def still_wanted(self) -> QuerySet:
        return self.rows()

    def load(self, ids: list[int]) -> list[OutgoingMail]:
        return _in_order(OutgoingMail.objects.in_bulk(ids), ids)

    def barred(self, rows: list[OutgoingMail]) -> dict[int, str]:
        readers = [row for row in rows if row.kind not in SYSTEM_KINDS and row.to != self.centre.staff_email]
        return _suppressed({row.pk: _norm(row.to) for row in readers})

    def compose(self, row: OutgoingMail, *, now: datetime) -> Letter:
        data = compose_single_mail(row, centre=self.centre, now=now)
        return Letter(row, row.kind, sender_address(self.centre), wire_address(row.to), data)

    def may_go_on(self, *, now: datetime) -> bool:
        return True

    def free_to_leave(self, rows: list[OutgoingMail], *, worker: str, now: datetime) -> set[int]:
        marked = _still_marked(self.rows(), rows, worker)
        return marked - set(self.barred([row for row in rows if row.pk in marked]))

    def note_sent(self, ids: list[int]) -> None:
        self.forget(ids)

    def reopen(self) -> None:
        pass

    def note(self, row: OutgoingMail, outcome: Outcome, state: str, *, now: datetime) -> None:
        if outcome.is_unknown_address:
            _suppress(_norm(row.to), outcome, now=now)
        if state not in KEEPS_BODY:
            self.forget([row.pk])

    def forget(self, ids: list[int]) -> None:
        OutgoingMail.objects.filter(pk__in=ids, holds_token=True).update(text="", html="")


class IssueLane:
    """The deliveries of one issue that is being sent."""

    is_bulk = True

    def __init__(self, issue: Issue, centre: CentreSettings) -> None:
        self.issue = issue
        self.pace_key = issue_key(issue.pk)
        self.centre = centre
        self.sender = sender_address(centre)
        self._mails: dict[tuple[int, str], IssueMail] = {}

    @cached_property
    def renderings(self) -> dict[str, Rendering]:
        """What was approved, by language."""
        found = {one.locale: one for one in Rendering.objects.filter(issue=self.issue).defer("web_html")}
        for rendering in found.values():
            rendering.issue = self.issue
        return found

    def rows(self) -> QuerySet:
        return Delivery.objects.filter(issue=self.issue)

    def still_wanted(self) -> QuerySet:
        """Without who left, paused, was suspended or erased, or gave up the topic since the claim.

        Such a row is given back at the end of the claim, and the next one bars it.
        """
        active = Subscriber.objects.filter(pk=OuterRef("subscriber_id"), state=SubscriberState.ACTIVE)
        rows = self.rows().filter(Exists(active))
        if not self.issue.topic_id:
            return rows
        wanted = Subscription.objects.filter(topic=self.issue.topic_id, subscriber=OuterRef("subscriber_id"))
        return rows.filter(Exists(wanted))

    def load(self, ids: list[int]) -> list[Delivery]:
        return _in_order(Delivery.objects.in_bulk(ids), ids)

    def barred(self, rows: list[Delivery]) -> dict[int, str]:
        """Who left, paused, was suspended or erased, gave up the topic or was suppressed since the rows were made."""
        codes = _suppressed({row.pk: row.email_norm for row in rows})
        subscribers = [row.subscriber_id for row in rows if row.subscriber_id]
        states = dict(Subscriber.objects.filter(pk__in=subscribers).values_list("pk", "state"))
        wanted = None
        if self.issue.topic_id:
            known = Subscription.objects.filter(topic=self.issue.topic_id, subscriber_id__in=subscribers)
            wanted = set(known.values_list("subscriber_id", flat=True))
        for row in rows:
            state = states.get(row.subscriber_id, SubscriberState.ERASED.value)
            if state != SubscriberState.ACTIVE:
                codes[row.pk] = state
            elif wanted is not None and row.subscriber_id not in wanted:
                codes[row.pk] = "topic"
        return codes

    def compose(self, row: Delivery, *, now: datetime) -> Letter:
        rendering = self.renderings.get(row.locale) or self.renderings[SOURCE_LOCALE]
        data = self._mail(rendering, row.format).for_one(row, now=now)
        return Letter(row, "issue", self.sender, wire_address(row.email), data, rendering)

    def _mail(self, rendering: Rendering, mail_format: str) -> IssueMail:
        """Built with the first recipient who gets it."""
        key = (rendering.pk, mail_format)
        if key not in self._mails:
            self._mails[key] = IssueMail(rendering, mail_format=mail_format, centre=self.centre)
        return self._mails[key]

    def may_go_on(self, *, now: datetime) -> bool:
        """Whether the issue is still being sent. Past its last moment it is paused and asks a person."""
        state, not_after = Issue.objects.values_list("state", "not_after").get(pk=self.issue.pk)
        if state == IssueState.SENDING and not_after <= now:
            pause_and_tell(self.issue, reason=TOO_LATE, centre=self.centre, now=now)
            return False
        return state == IssueState.SENDING

    def free_to_leave(self, rows: list[Delivery], *, worker: str, now: datetime) -> set[int]:
        is_sending = Issue.objects.filter(pk=self.issue.pk, state=IssueState.SENDING, not_after__gt=now).exists()
        if not is_sending:
            return set()
        marked = _still_marked(self.still_wanted().exclude(error=CALLED_OFF), rows, worker)
        return marked - set(_suppressed({row.pk: row.email_norm for row in rows if row.pk in marked}))

    def forget(self, ids: list[int]) -> None:
        pass

    def note_sent(self, ids: list[int]) -> None:
        self.reopen()
        ErrorStreak.objects.filter(issue=self.issue, count__gt=0).update(count=0, key="")

    def reopen(self) -> None:
        """An answer after the lease may find the issue closed over this mail: it is counted and closed anew."""
        Issue.objects.filter(pk=self.issue.pk, state__in=DONE_STATES).update(state=IssueState.SENDING)

    def note(self, row: Delivery, outcome: Outcome, state: str, *, now: datetime) -> None:
        self.reopen()
        if outcome.is_unknown_address:
            _suppress(row.email_norm, outcome, now=now)
        if outcome.is_counted:
            self._count_equal_errors(outcome.key(row.email), outcome, now=now)

    def _count_equal_errors(self, key: str, outcome: Outcome, *, now: datetime) -> None:
        with transaction.atomic():
            streak, _ = ErrorStreak.objects.select_for_update().get_or_create(issue=self.issue)
            streak.count = streak.count + 1 if streak.key == key else 1
            streak.key = key
            streak.save()
            is_sending = Issue.objects.filter(pk=self.issue.pk, state=IssueState.SENDING).exists()
            if streak.count >= ENOUGH_EQUAL_ERRORS and is_sending:
                words = same_answer_words(ENOUGH_EQUAL_ERRORS, str(outcome))
                pause_and_tell(self.issue, reason=words, centre=self.centre, now=now)


def _still_marked(rows: QuerySet, marked: list[SendingRow], worker: str) -> set[int]:
    mine = rows.filter(pk__in=[row.pk for row in marked], state=SendingState.SENDING, worker=worker)
    return set(mine.values_list("pk", flat=True))


def _in_order(found: dict, ids: list[int]) -> list:
    return [found[pk] for pk in ids if pk in found]


def _norm(address: str) -> str:
    try:
        return normalise_address(address)[1]
    except NotAnAddress:
        return address.lower()


def _suppressed(norms: dict[int, str]) -> dict[int, str]:
    hashes = {pk: address_hash(norm) for pk, norm in norms.items()}
    found = Suppression.objects.filter(email_hash__in=set(hashes.values())).values_list("email_hash", flat=True)
    barred = set(found)
    return {pk: "suppressed" for pk, digest in hashes.items() if digest in barred}


def _suppress(norm: str, outcome: Outcome, *, now: datetime) -> None:
    reason = Suppression.Reason.UNDELIVERABLE
    suppress_address(
        email_norm=norm, reason=reason, source=f"{outcome.stage} {outcome.code} {outcome.enhanced}", now=now
    )
    active = Subscriber.objects.filter(email_norm=norm, state=SubscriberState.ACTIVE)
    active.update(state=SubscriberState.SUSPENDED)
