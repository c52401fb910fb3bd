"""Receipts, confirmations and reminders: never lost, never doubled, whatever happens to the relay."""

from datetime import timedelta

import pytest
from django.db import transaction

from center.models import OutgoingMail
from center.outbox import enqueue
from newsletter.subscribers import request_subscription
from newsletter.uncertain_queries import Which, load_undecided, undecided_keys


@pytest.fixture
def receipt(centre, clock):
    """A receipt that waits."""
    return enqueue(kind="notice-receipt", to="dantai@group.example", subject="受付", text="本文", now=clock())


def state(row) -> tuple[str, int]:
    row.refresh_from_db()
    return row.state, row.attempts


def test_what_is_taken_back_in_the_callers_transaction_sends_nothing(centre, clock, worker, relay):
    def ask(email: str) -> None:
        wishes = {"locale": "ja", "format": "text", "topics": [], "words_version": "", "page": ""}
        request_subscription(email=email, now=clock(), **wishes)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask("kekkon@reader.example")
        assert OutgoingMail.objects.count() == 1
        raise ZeroDivisionError
    worker().run()
    assert relay.raw == [] and not OutgoingMail.objects.exists()
    ask("haru@reader.example")
    worker().run()
    assert relay.recipients == ["haru@reader.example"]


def test_with_a_key_the_same_mail_is_queued_once(centre, clock):
    for _ in range(3):
        enqueue(kind="desk-reminder", to="a@b.example", subject="s", text="t", dedupe_key="desk-1", now=clock())
    assert OutgoingMail.objects.count() == 1


def test_a_relay_that_is_away_for_hours_loses_and_doubles_nothing(receipt, clock, worker, relay, start_relay):
    later = [receipt]
    port_was = relay.url
    relay.stop()
    for number in range(60):  # ten hours, a look every ten minutes
        if number % 15 == 0:
            later.append(enqueue(kind="mail-confirm", to=f"r{number}@x.example", subject="s", text="t", now=clock()))
        worker(port_was).run()
        clock.forward(minutes=10)
    assert {state(row)[0] for row in later} <= {"deferred", "pending"}, "a relay that is away costs no try"

    back = start_relay()
    for _ in range(40):
        worker(back.url).run()
        clock.forward(minutes=10)
    assert sorted(back.recipients) == sorted(row.to for row in later)
    assert {state(row)[0] for row in later} == {"sent"}
    assert sorted(mail["Message-ID"] for mail in back.mails) == sorted(row.message_id for row in later)


def test_a_mail_that_is_put_off_is_tried_again_by_the_timetable_and_then_shown_to_staff(receipt, clock, worker, relay):
    relay.plan["RCPT"] = "451 4.7.1 greylisted"
    for number, minutes in enumerate((1, 5, 20, 60, 240), 1):
        worker().run()
        assert state(receipt) == ("deferred", number)
        wait = receipt.next_try_at - clock()
        assert timedelta(minutes=minutes * 0.9) <= wait <= timedelta(minutes=minutes * 1.1)
        clock.now = receipt.next_try_at - timedelta(seconds=1)
        worker().run()
        assert state(receipt) == ("deferred", number), "not before its time"
        clock.now = receipt.next_try_at
    worker().run()
    assert state(receipt) == ("refused", 6)
    assert "greylisted" in receipt.error and relay.raw == []
    assert [row.key for row in load_undecided(undecided_keys(Which.FAILED))] == [f"m{receipt.pk}"]


def test_one_that_works_at_the_third_try_arrives_once(receipt, clock, worker, relay):
    relay.plan["RCPT"] = ["451 4.7.1 later", "450 4.2.1 later", None]
    for _ in range(30):
        worker().run()
        clock.forward(minutes=1)
    assert state(receipt) == ("sent", 3) and len(relay.raw) == 1


def test_an_answer_that_never_comes_is_not_sent_again_by_a_machine(receipt, clock, worker, relay):
    relay.plan["BODY"] = "taken, then drop"
    for _ in range(5):
        worker().run()
        relay.plan.clear()
        clock.forward(hours=5)
    assert state(receipt) == ("ambiguous", 1) and len(relay.raw) == 1


def test_one_bad_address_keeps_nobody_else_waiting(receipt, clock, worker, relay):
    relay.plan["RCPT"] = lambda rcpt: "550 5.1.1 no such user" if "dantai" in rcpt else None
    other = enqueue(kind="notice-receipt", to="hoka@group.example", subject="受付", text="本文", now=clock())
    worker().run()
    assert (state(receipt)[0], state(other)[0]) == ("refused", "sent")
