"""What people do to a single mail (receipt, confirmation, reminder) whose end is not known or that was turned down.

`by` is the member of staff, `now` an aware moment. Each writes an entry in the mail's log; no address stands in it.
"""

from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from center.models import OutgoingMail, SendingState, User
from newsletter.sending import log_actions
from newsletter.sending.verbs import NothingToDecide

OPEN_TO_DECISION = (SendingState.AMBIGUOUS, SendingState.REFUSED)


class BodyErased(Exception):
    """The mail held a personal link and was erased when it had its end, so it cannot be sent once more."""


def is_body_erased(mail: OutgoingMail) -> bool:
    """Whether nothing is left of a mail that could be sent again."""
    return mail.holds_token and not mail.text and not mail.html


def mark_mail_sent(mail: OutgoingMail, *, by: User, now: datetime) -> None:
    """A person knows that an uncertain single mail arrived. Raises NothingToDecide."""
    _decide(mail, SendingState.SENT, "arrived", by=by, now=now, allowed=(SendingState.AMBIGUOUS,), is_over=True)


def give_up_mail(mail: OutgoingMail, *, by: User, now: datetime) -> None:
    """A person decides that an uncertain or refused single mail is not sent any more. Raises NothingToDecide."""
    _decide(mail, SendingState.CANCELLED, "given_up", by=by, now=now, allowed=OPEN_TO_DECISION, is_over=True)


def send_mail_again(mail: OutgoingMail, *, by: User, now: datetime) -> None:
    """A person decides that an uncertain or refused single mail is sent once more, with the same Message-ID.

    Raises NothingToDecide, BodyErased.
    """
    _decide(mail, SendingState.PENDING, "again", by=by, now=now, allowed=OPEN_TO_DECISION, attempts=0, worker="")


@transaction.atomic
def _decide(
    mail: OutgoingMail, state: str, decision: str, *, by: User, now: datetime, allowed, is_over: bool = False, **changes
) -> None:
    locked = OutgoingMail.objects.select_for_update().filter(pk=mail.pk, state__in=allowed).first()
    if locked is None:
        raise NothingToDecide(mail.pk)
    if state == SendingState.PENDING and is_body_erased(locked):
        raise BodyErased(mail.pk)
    if is_over and locked.holds_token:
        changes |= {"text": "", "html": ""}
    rows = OutgoingMail.objects.filter(pk=mail.pk)
    rows.update(state=state, result_at=now, lease_until=None, next_try_at=None, **changes)
    mail.refresh_from_db()
    title = f"{mail.kind} {mail.pk}"
    log(
        instance=mail,
        action=log_actions.MAIL_DECIDED,
        user=by,
        timestamp=now,
        title=title,
        data={"mail": mail.pk, "kind": mail.kind, "decision": decision},
    )
