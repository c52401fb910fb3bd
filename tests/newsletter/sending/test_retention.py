"""Addresses of mails sent long ago become keyed hashes."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache

from center.models import OutgoingMail
from center.opening import TOKYO
from center.outbox import enqueue
from newsletter.issue_report import progress_of
from newsletter.models import Delivery, MailPolicy
from newsletter.retention import empty_old_mails, hash_old_addresses, kept_since, tick_retention
from newsletter.sending.recipients import materialise_recipients
from newsletter.tokens import address_hash


@pytest.fixture
def old(issue, clock):
    """An issue that was sent to two people and turned down for one, and a policy of six months."""
    MailPolicy.objects.update(keep_addresses_months=6)
    materialise_recipients(issue, now=clock())
    issue.deliveries.update(state="sent", result_at=clock())
    refused = issue.deliveries.filter(email__startswith="haru")
    refused.update(state="refused", error="rcpt: 550 5.1.1 <haru@reader.example>: unknown")
    return issue


def addresses() -> set[str]:
    return set(Delivery.objects.values_list("email", flat=True))


def test_after_the_period_only_hashes_are_left_and_the_numbers_stay(old, clock):
    before = progress_of(old).report
    clock.forward(days=181)
    assert hash_old_addresses(now=clock()) == 0 and "aki@reader.example" in addresses()
    clock.forward(days=3)
    assert hash_old_addresses(now=clock()) == 3
    assert addresses() == {""}
    assert "reader.example" not in str(list(Delivery.objects.values()))
    norms = set(Delivery.objects.values_list("email_norm", flat=True))
    assert norms == {address_hash(f"{name}@reader.example") for name in ("aki", "haru", "natsu")}
    assert "550 5.1.1" in Delivery.objects.get(state="refused").error
    assert progress_of(old).report == before
    assert hash_old_addresses(now=clock()) == 0


def test_a_mail_without_an_end_and_a_younger_issue_keep_theirs(old, add_issue, clock):
    old.deliveries.filter(email__startswith="aki").update(state="deferred")
    clock.forward(days=200)
    young = add_issue(number=11, send_at=clock())
    materialise_recipients(young, now=clock())
    young.deliveries.update(state="sent", result_at=clock())
    assert hash_old_addresses(now=clock()) == 2
    assert old.deliveries.exclude(email="").get().email == "aki@reader.example"
    assert not young.deliveries.filter(email="").exists()


def test_a_policy_that_begins_later_does_not_shorten_the_period_today(old, clock):
    MailPolicy.objects.create(valid_from_at=clock() + timedelta(days=400), keep_addresses_months=1)
    clock.forward(days=100)
    assert hash_old_addresses(now=clock()) == 0


@pytest.mark.parametrize(
    ("now", "months", "since"),
    [((2027, 8, 31), 6, (2027, 2, 28)), ((2027, 1, 15), 12, (2026, 1, 15)), ((2028, 3, 31), 1, (2028, 2, 29))],
)
def test_months_are_counted_by_the_calendar(db, now, months, since):
    MailPolicy.objects.all().delete()
    MailPolicy.objects.create(valid_from_at=datetime(2020, 1, 1, tzinfo=TOKYO), keep_addresses_months=months)
    assert kept_since(datetime(*now, 9, tzinfo=TOKYO)) == datetime(*since, 9, tzinfo=TOKYO)


def test_the_tick_does_it_once_an_hour(old, clock):
    cache.clear()
    clock.forward(days=300)
    assert tick_retention(now=clock()) == {"addresses_hashed": 3, "mails_emptied": 0}
    assert tick_retention(now=clock()) == {}
    cache.clear()


def test_single_mails_lose_address_and_text_and_are_still_not_queued_twice(centre, clock):
    MailPolicy.objects.update(keep_addresses_months=6)
    words = {
        "kind": "receipt",
        "to": "dantai@group.example",
        "subject": "受付",
        "text": "受け付けました。",
        "now": clock(),
    }
    done, waiting = enqueue(**words, dedupe_key="one"), enqueue(**words, dedupe_key="two")
    OutgoingMail.objects.filter(pk=done.pk).update(state="refused", error="rcpt: 550 <dantai@group.example>")
    clock.forward(days=181)
    assert empty_old_mails(now=clock()) == 0
    clock.forward(days=4)
    assert empty_old_mails(now=clock()) == 1 and empty_old_mails(now=clock()) == 0

    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.to, done.text, done.kind) == ("", "", "receipt") and "group.example" not in done.error
    assert waiting.to == "dantai@group.example"
    assert enqueue(**words, dedupe_key="one").pk == done.pk
