"""Who gets an issue."""

from datetime import timedelta

import pytest

from center.opening import tokyo_date
from newsletter.models import Delivery, IssueState, Subscriber, SubscriberState, Subscription, Suppression, Topic
from newsletter.sending import recipients
from newsletter.sending.recipients import count_recipients, materialise_recipients
from newsletter.sending.verbs import NotBeingSent
from newsletter.tokens import address_hash


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(recipients, "BATCH", 4)


def test_only_active_subscribers_to_the_topic_that_are_not_suppressed_get_it(issue, add_subscriber, clock) -> None:
    for state in SubscriberState:
        if state != SubscriberState.ACTIVE:
            add_subscriber(f"{state}@reader.example", state=state)
    add_subscriber("never@reader.example")
    Suppression.objects.create(
        email_hash=address_hash("never@reader.example"), reason=Suppression.Reason.ASKED, at=clock()
    )
    other = Topic.objects.create(slug="rinji-test", name="臨時号")
    elsewhere = Subscriber.objects.create(
        email="other@reader.example",
        email_norm="other@reader.example",
        state=SubscriberState.ACTIVE,
        created_at=clock(),
    )
    Subscription.objects.create(subscriber=elsewhere, topic=other)
    Subscription.objects.create(subscriber=Subscriber.objects.get(email="aki@reader.example"), topic=other)

    assert count_recipients(issue) == 3
    assert materialise_recipients(issue, now=clock()) == 3
    assert sorted(Delivery.objects.values_list("email", flat=True)) == [
        "aki@reader.example",
        "haru@reader.example",
        "natsu@reader.example",
    ]


def test_a_pause_that_is_over_on_the_day_of_the_issue_counts_and_one_that_is_not_does_not(
    issue, add_subscriber, clock
) -> None:
    today = tokyo_date(clock())
    issue.send_at = clock()
    for days in (0, 1):
        paused = {"state": SubscriberState.PAUSED, "paused_until_on": today + timedelta(days=days)}
        add_subscriber(f"in{days}@reader.example")
        Subscriber.objects.filter(email=f"in{days}@reader.example").update(**paused)
    assert count_recipients(issue) == 4
    assert materialise_recipients(issue, now=clock()) == 4
    rows = Delivery.objects.filter(email__startswith="in").select_related("subscriber")
    assert [(row.email, row.subscriber.state) for row in rows] == [("in0@reader.example", "active")]


def test_an_issue_without_a_topic_goes_to_all_active_ones(add_issue, add_subscriber, clock) -> None:
    add_subscriber("aki@reader.example")
    Subscriber.objects.create(
        email="other@reader.example",
        email_norm="other@reader.example",
        state=SubscriberState.ACTIVE,
        created_at=clock(),
    )
    assert materialise_recipients(add_issue(topic=None), now=clock()) == 2


def test_each_delivery_keeps_language_form_and_a_message_id_of_its_own(issue, add_subscriber, clock) -> None:
    add_subscriber("Foo..Bar@docomo.ne.jp", locale="en", format="text")
    materialise_recipients(issue, now=clock())

    row = Delivery.objects.get(locale="en")
    assert (row.email, row.email_norm, row.format) == ("Foo..Bar@docomo.ne.jp", "foo..bar@docomo.ne.jp", "text")
    assert row.message_id.startswith("<2026-12.") and row.message_id.endswith("@assist-park.example>")
    assert len(set(Delivery.objects.values_list("message_id", flat=True))) == 4


def test_repeated_it_adds_nobody_and_keeps_every_message_id(issue, clock, add_subscriber, small_batches) -> None:
    for number in range(9):
        add_subscriber(f"reader{number}@reader.example")
    assert materialise_recipients(issue, now=clock()) == 12
    before = dict(Delivery.objects.values_list("pk", "message_id"))
    at = issue.materialised_at
    add_subscriber("late@reader.example")
    clock.forward(minutes=5)

    assert materialise_recipients(issue, now=clock()) == 12
    assert dict(Delivery.objects.values_list("pk", "message_id")) == before
    assert issue.materialised_at == at


def test_after_a_crash_half_way_it_is_completed_without_doubles(
    issue, clock, add_subscriber, small_batches, monkeypatch
) -> None:
    for number in range(9):
        add_subscriber(f"reader{number}@reader.example")
    write, calls = recipients._write_rows, []

    def crash(*args):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        write(*args)

    monkeypatch.setattr(recipients, "_write_rows", crash)
    with pytest.raises(KeyboardInterrupt):
        materialise_recipients(issue, now=clock())
    issue.refresh_from_db()
    assert Delivery.objects.count() == 8
    assert (issue.materialised_at, issue.recipient_count) == (None, 0)

    assert materialise_recipients(issue, now=clock()) == 12
    assert Delivery.objects.values("email_norm").distinct().count() == Delivery.objects.count() == 12


def test_an_issue_paused_meanwhile_is_not_completed(issue, clock) -> None:
    type(issue).objects.update(state=IssueState.PAUSED)
    with pytest.raises(NotBeingSent):
        materialise_recipients(issue, now=clock())
    issue.refresh_from_db()
    assert issue.materialised_at is None


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8])
def test_batches_leave_nobody_out_at_their_edges(add_issue, add_subscriber, clock, small_batches, count) -> None:
    for number in range(count):
        add_subscriber(f"reader{number}@reader.example")
    assert materialise_recipients(add_issue(), now=clock()) == count


def test_without_any_lock_the_unique_key_alone_keeps_everybody_single(issue, clock, monkeypatch) -> None:
    monkeypatch.setattr(recipients, "_is_complete", lambda issue: False)
    for _ in range(3):
        assert materialise_recipients(issue, now=clock()) == 3
    assert Delivery.objects.count() == 3
