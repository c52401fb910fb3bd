"""How a contact or a consultation comes in: one transaction that gives it its number and queues the mails."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr

from activities import match_queries
from activities.inquiries import mails as inquiry_mails
from activities.inquiries.history import add_entry
from activities.models import (
    Channel,
    Consultation,
    Inquiry,
    InquiryEntry,
    MatchContact,
    MatchPage,
    MatchStage,
)
from activities.notices.errors import InTheFuture
from activities.notices.limits import may_mail_receipt
from center.models import User
from center.opening import tokyo_date

NUMBER_TRIES = 50


class PostNotOpen(Exception):
    """A post that takes no contacts (any more)."""

    def __init__(self, stage: MatchStage) -> None:
        super().__init__(str(stage))
        self.stage = stage


def receive_contact(
    *,
    post: MatchPage,
    data: Mapping[str, Any],  # Any: fields of the model by name, which the form has checked
    now: datetime,
    submission_key: str | None = None,
) -> MatchContact:
    """Take in one contact about a post; tell the sender the number, and staff. The poster hears nothing.

    Safe to repeat with a `submission_key`: the row of the first call is returned. Raises PostNotOpen.
    """
    if known := _submitted(MatchContact, submission_key):
        return known
    stage = post.stage_on(tokyo_date(now))
    if stage != MatchStage.OPEN:
        raise PostNotOpen(stage)
    post = match_queries.japanese_version(post)
    values = dict(data) | {"post": post, "post_title": post.title, "consented_at": now, "channel": Channel.FORM}
    with transaction.atomic():
        contact, is_new = _create(MatchContact, values, received_at=now, submission_key=submission_key)
        if is_new:
            _tell(contact, by=None, now=now)
    return contact


def receive_consultation(
    *,
    data: Mapping[str, Any],  # Any: fields of the model by name, which the form has checked
    channel: str,
    received_at: datetime,
    now: datetime,
    by: User | None = None,
    submission_key: str | None = None,
) -> Consultation:
    """Take in one consultation. `received_at`: when it really came, by phone or at the counter too.

    From the form the sender gets a receipt and staff are told; what staff type in (`by`) sends nothing. Safe to repeat
    with a `submission_key`. Raises InTheFuture.
    """
    if received_at > now:
        raise InTheFuture
    if known := _submitted(Consultation, submission_key):
        return known
    values = dict(data) | {"channel": channel, "consented_at": now if channel == Channel.FORM else None}
    with transaction.atomic():
        row, is_new = _create(Consultation, values, received_at=received_at, submission_key=submission_key)
        if is_new:
            _tell(row, by=by, now=now)
    return row


def _submitted(model: type[Inquiry], key: str | None) -> Inquiry | None:
    return model.objects.filter(submission_key=key).first() if key else None


def _create(
    model: type[Inquiry], values: dict[str, Any], *, received_at: datetime, submission_key: str | None
) -> tuple[Inquiry, bool]:
    """The row with the next free number of its year, or the one that the same submission made, and which it is."""
    for _attempt in range(NUMBER_TRIES):
        number = _next_number(model, tokyo_date(received_at).year)
        try:
            with transaction.atomic():
                row = model.objects.create(
                    **values, number=number, received_at=received_at, submission_key=submission_key
                )
                return row, True
        except IntegrityError:
            if known := _submitted(model, submission_key):
                return known, False
    raise RuntimeError(f"no free number after {NUMBER_TRIES} tries")


def _next_number(model: type[Inquiry], year: int) -> str:
    """The number after the greatest one of that year: M2026-0012. Of two writers who find the same, one asks anew."""
    start = f"{model.LETTER}{year}-"
    counted = Cast(Substr("number", len(start) + 1), IntegerField())
    last = model.objects.filter(number__startswith=start).aggregate(last=Max(counted))["last"] or 0
    return f"{start}{last + 1:04d}"


def _tell(row: Inquiry, *, by: User | None, now: datetime) -> None:
    """The first line of the history, the receipt (unless this address has had many today), the word to staff."""
    add_entry(row, InquiryEntry.Kind.RECEIVED, at=row.received_at, by=by, text=str(row.get_channel_display()))
    if row.channel != Channel.FORM:
        return
    if row.contact_email and may_mail_receipt(row.contact_email, on=tokyo_date(now)):
        inquiry_mails.send_receipt(row, now=now)
    inquiry_mails.tell_staff(row, now=now)
