"""Mails that were sent long ago lose their addresses: who got what can no longer be read.

Deliveries of issues keep a keyed hash, since their numbers are counted; single mails keep what kind they were and when.
"""

import re
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction

from center.models import OutgoingMail
from center.models.sending_row import FINAL_STATES
from center.opening import TOKYO
from newsletter.models import Delivery, Issue
from newsletter.queries import policy_at
from newsletter.tokens import address_hash

AT_ONCE = 500
"""Rows in one transaction, which stays far under a second."""
MOST = 20
"""Transactions in one turn; the next turn goes on."""
EVERY = timedelta(hours=1)
TURN = "retention:turn"
_ADDRESS = re.compile(r"[^\s<>:;,()\"']+@[^\s<>:;,()\"']+")


def tick_retention(*, now: datetime) -> dict[str, int]:
    """Once an hour."""
    if not cache.add(TURN, now.isoformat(), timeout=EVERY.total_seconds()):
        return {}
    return {"addresses_hashed": hash_old_addresses(now=now), "mails_emptied": empty_old_mails(now=now)}


def hash_old_addresses(*, now: datetime) -> int:
    """Put hashes in the place of addresses in deliveries that ended before the period of the policy; return how many.

    Also in what servers said of them. A mail without an end keeps its address. Safe to repeat.
    """
    before = kept_since(now)
    old = list(Issue.objects.filter(send_at__lt=before).values_list("pk", flat=True))
    count = 0
    for _turn in range(MOST):
        rows = Delivery.objects.filter(issue__in=old, state__in=FINAL_STATES, result_at__lt=before).exclude(email="")
        with transaction.atomic():
            found = list(rows.select_for_update().order_by("pk")[:AT_ONCE])
            for row in found:
                hashed = {"email": "", "email_norm": address_hash(row.email_norm)}
                Delivery.objects.filter(pk=row.pk).update(**hashed, error=_ADDRESS.sub("<address>", row.error))
        count += len(found)
        if len(found) < AT_ONCE:
            break
    return count


def empty_old_mails(*, now: datetime) -> int:
    """Take address, text and headers out of single mails that ended before the period of the policy; return how many.

    The row stays, and with it the key that keeps the same mail from being queued again. Safe to repeat.
    """
    before = kept_since(now)
    count = 0
    for _turn in range(MOST):
        rows = OutgoingMail.objects.filter(state__in=FINAL_STATES, created_at__lt=before).exclude(to="")
        with transaction.atomic():
            found = list(rows.select_for_update().order_by("pk").values_list("pk", "error")[:AT_ONCE])
            for pk, error in found:
                nothing = {"to": "", "text": "", "html": "", "headers": {}}
                OutgoingMail.objects.filter(pk=pk).update(**nothing, error=_ADDRESS.sub("<address>", error))
        count += len(found)
        if len(found) < AT_ONCE:
            break
    return count


def kept_since(now: datetime) -> datetime:
    """The moment before which addresses are kept no longer: as many months back as the policy of now says."""
    today = now.astimezone(TOKYO)
    months = today.year * 12 + today.month - 1 - policy_at(now).keep_addresses_months
    first = today.replace(year=months // 12, month=months % 12 + 1, day=1)
    last_day = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(today.day, last_day.day))
