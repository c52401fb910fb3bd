"""What the loop promises: nobody twice, nobody lost, whoever is uncertain is shown, and it says when it stops."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from center.models import OutgoingMail
from center.outbox import enqueue
from newsletter.models import (
    Delivery,
    IssueState,
    MailPolicy,
    Rendering,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
)
from newsletter.sending import claims, durable
from newsletter.sending.engine import Worker
from newsletter.sending.handover import Handover
from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage
from newsletter.sending.recipients import materialise_recipients
from newsletter.sending.report import Report, closing_report
from newsletter.sending.station import LOOK_AGAIN
from newsletter.sending.verbs import pause_issue, resume_issue
from newsletter.tokens import address_hash


class FakeRelay:
    """Takes everything, remembers it, and lets a test look over its shoulder."""

    is_paced = True

    def __init__(self, answer=None) -> None:
        self.sent: list[str] = []
        self.answer = answer

    def open(self) -> None: ...

    def close(self) -> None: ...

    def deliver(self, letters, *, offered, settled) -> None:
        for letter in letters:
            if not offered(letter):
                continue
            self.sent.append(letter.rcpt)
            outcome = self.answer(letter.rcpt) if self.answer else None
            outcome = outcome or Outcome(OutcomeKind.SENT, Stage.BODY, 250, "ok")
            settled(letter, outcome)
            if outcome.is_about_the_relay:
                return


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing after it runs."""


def _nothing(self) -> None: ...


@pytest.fixture
def dies(monkeypatch):
    """Run a worker that dies without cleaning up: its finally blocks reach neither the database nor the journal."""

    def run(worker: Worker) -> None:
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(Handover, "_finish", _nothing)
            patch.setattr(Handover, "_committed", _nothing)
            worker.run()

    return run


# from the start to the report


def test_an_issue_goes_to_everybody_once_and_its_report_adds_up(issue, worker, states, clock) -> None:
    relay = FakeRelay()
    tally = worker(transport=relay).run()

    issue.refresh_from_db()
    assert sorted(relay.sent) == sorted(states(issue)) and set(states(issue).values()) == {"sent"}
    assert (issue.state, issue.recipient_count) == (IssueState.SENT, 3)
    assert issue.materialised_at and issue.sent_at
    assert tally.counts == {"sent": 3} and tally.closed == [issue.slug]
    report = closing_report(issue)
    assert report == Report(targeted=3, sent=3, refused=0, suppressed=0, ambiguous=0, cancelled=0)
    assert report.adds_up


def test_running_again_or_with_a_second_worker_sends_nobody_twice(issue, worker, clock) -> None:
    relay = FakeRelay()
    for _ in range(3):
        worker(transport=relay).run()
        worker(transport=relay, name="another").run()
        clock.forward(hours=1)

    assert len(relay.sent) == 3


def test_two_workers_that_work_at_the_same_time_share_the_recipients(issue, worker, add_subscriber) -> None:
    for number in range(20):
        add_subscriber(f"reader{number}@reader.example")
    relay = FakeRelay()
    other = worker(transport=relay, name="other")

    def meanwhile(rcpt):
        if len(relay.sent) in (3, 9):
            other.run()

    relay.answer = meanwhile
    MailPolicy.objects.update(per_minute=8)  # claims of eight
    worker(transport=relay, name="first").run()

    assert len(relay.sent) == len(set(relay.sent)) == 23
    assert Delivery.objects.filter(state="sent").count() == 23


def test_the_report_adds_up_when_everything_happens_at_once(issue, worker, add_subscriber, clock) -> None:
    for name in ("refused", "uncertain", "left", "later"):
        add_subscriber(f"{name}@reader.example")
    materialise_recipients(issue, now=clock())
    Subscriber.objects.filter(email__startswith="left").update(state=SubscriberState.LEFT)
    answers = {
        "refused@reader.example": Outcome(OutcomeKind.REFUSED, Stage.RCPT, 550, "5.7.1 no"),
        "uncertain@reader.example": Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, 0, "timed out"),
        "later@reader.example": Outcome(OutcomeKind.DEFERRED, Stage.RCPT, 450, "4.2.1 later"),
    }
    worker(transport=FakeRelay(answers.get)).run()

    issue.refresh_from_db()
    assert issue.state == IssueState.SENDING  # one is still to be tried
    assert closing_report(issue).waiting == 1 and closing_report(issue).adds_up
    answers.pop("later@reader.example")
    clock.forward(minutes=2)
    worker(transport=FakeRelay(answers.get)).run()

    issue.refresh_from_db()
    assert issue.state == IssueState.SENT_WITH_EXCEPTIONS
    report = closing_report(issue)
    assert report == Report(targeted=7, sent=4, refused=1, suppressed=1, ambiguous=1, cancelled=0)
    assert report.adds_up
    told = OutgoingMail.objects.get(to="staff@assist-park.example")
    assert "届いていない方がいます" in told.subject and "不明　　　 1人" in told.text and "宛先　　　 7人" in told.text


def test_an_issue_for_nobody_is_closed_as_an_exception(add_issue, worker) -> None:
    issue = add_issue()
    worker(transport=FakeRelay()).run()

    issue.refresh_from_db()
    assert (issue.state, issue.recipient_count) == (IssueState.SENT_WITH_EXCEPTIONS, 0)


def test_an_address_cannot_have_two_deliveries_of_one_issue(issue, clock) -> None:
    materialise_recipients(issue, now=clock())
    row = Delivery.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(issue=issue, email=row.email, email_norm=row.email_norm, locale="ja", format="html")


# who may be mailed is asked again


@pytest.mark.parametrize(
    "change",
    [
        lambda one: Subscriber.objects.filter(pk=one.pk).update(state=SubscriberState.LEFT),
        lambda one: Subscriber.objects.filter(pk=one.pk).update(state=SubscriberState.PAUSED),
        lambda one: Subscriber.objects.filter(pk=one.pk).update(state=SubscriberState.SUSPENDED),
        lambda one: Subscriber.objects.filter(pk=one.pk).delete(),
        lambda one: Subscription.objects.filter(subscriber=one).delete(),
        lambda one: Suppression.objects.create(
            email_hash=address_hash(one.email_norm), reason=Suppression.Reason.COMPLAINT, at=one.created_at
        ),
    ],
    ids=["left", "paused", "suspended", "deleted", "topic", "suppressed"],
)
def test_who_left_after_the_recipients_were_written_gets_nothing(issue, worker, states, clock, change) -> None:
    materialise_recipients(issue, now=clock())
    change(Subscriber.objects.get(email="haru@reader.example"))
    relay = FakeRelay()
    worker(transport=relay).run()

    issue.refresh_from_db()
    assert sorted(relay.sent) == ["aki@reader.example", "natsu@reader.example"]
    assert states(issue)["haru@reader.example"] == "suppressed"
    assert issue.state == IssueState.SENT  # leaving is no exception
    assert closing_report(issue).suppressed == 1 and closing_report(issue).adds_up


def test_who_leaves_while_a_mail_waits_for_its_next_try_gets_nothing(issue, worker, states, clock) -> None:
    later = Outcome(OutcomeKind.DEFERRED, Stage.RCPT, 450, "4.2.1 later")
    relay = FakeRelay({"haru@reader.example": later}.get)
    worker(transport=relay).run()
    Subscriber.objects.filter(email__startswith="haru").update(state=SubscriberState.LEFT)
    clock.forward(minutes=2)
    worker(transport=relay).run()

    assert relay.sent.count("haru@reader.example") == 1
    assert states(issue)["haru@reader.example"] == "suppressed"


# before, while and after a kill


def test_a_mail_is_marked_before_the_relay_hears_of_it(issue, worker) -> None:
    seen = []

    def look(rcpt):
        row = Delivery.objects.get(email=rcpt)
        seen.append((row.state, row.intent_at is not None, Delivery.objects.filter(state="sending").count()))

    worker(transport=FakeRelay(look)).run()

    assert seen == [("sending", True, 3)] * 3


def test_no_more_is_marked_at_once_than_leaves_in_a_second(many, worker) -> None:
    MailPolicy.objects.update(per_minute=300)
    seen = []
    worker(transport=FakeRelay(lambda rcpt: seen.append(Delivery.objects.filter(state="sending").count()))).run()

    assert len(seen) == 33 and max(seen) == 5


def dies_with_the_second_mail(issue, worker, dies, states) -> FakeRelay:
    """A relay after a worker was killed that had handed it two mails of three, the second without an answer."""

    def die(rcpt):
        if len(relay.sent) == 2:
            raise Killed

    relay = FakeRelay(die)
    dies(worker(transport=relay))
    assert sorted(states(issue).values()) == ["sending"] * 3
    relay.answer = None
    return relay


def test_after_a_kill_only_the_mail_in_hand_is_uncertain_and_it_is_never_sent_again(
    issue, worker, dies, clock, states
) -> None:
    relay = dies_with_the_second_mail(issue, worker, dies, states)
    for _ in range(3):
        worker(transport=relay).run()
        clock.forward(hours=1)

    issue.refresh_from_db()
    assert sorted(states(issue).values()) == ["ambiguous", "sent", "sent"]
    readers = [rcpt for rcpt in relay.sent if rcpt.endswith("@reader.example")]
    assert len(readers) == len(set(readers)) == 3
    assert issue.state == IssueState.SENT_WITH_EXCEPTIONS
    assert Delivery.objects.get(state="ambiguous").error == claims.LEASE_OVER
    assert not list(Path(settings.JOURNAL_DIR).glob("*"))


def test_where_the_journal_is_not_at_hand_everything_that_was_marked_is_uncertain(
    issue, worker, dies, clock, states, settings, tmp_path
) -> None:
    relay = dies_with_the_second_mail(issue, worker, dies, states)
    here, settings.JOURNAL_DIR = settings.JOURNAL_DIR, str(tmp_path / "another machine")
    worker(transport=relay).run()
    assert sorted(states(issue).values()) == ["sending"] * 3  # the lease is not over
    clock.forward(seconds=121)
    worker(transport=relay).run()
    assert sorted(states(issue).values()) == ["ambiguous"] * 3

    settings.JOURNAL_DIR = here  # the first machine is back, and knows better
    worker(transport=relay).run()
    assert sorted(states(issue).values()) == ["ambiguous", "sent", "sent"]
    readers = [rcpt for rcpt in relay.sent if rcpt.endswith("@reader.example")]
    assert len(readers) == len(set(readers)) == 3


def test_an_answer_that_comes_after_the_lease_still_settles_the_mail(issue, worker, clock, states) -> None:
    slow = FakeRelay()

    def stall(rcpt):
        if len(slow.sent) == 1:
            clock.forward(seconds=200)
            worker(transport=FakeRelay(), name="quick").run()
            assert states(issue)[rcpt] == "ambiguous"

    slow.answer = stall
    worker(transport=slow, name="slow").run()

    assert set(states(issue).values()) == {"sent"}
    assert len([rcpt for rcpt in slow.sent if "reader" in rcpt]) == 3


@pytest.mark.parametrize(
    ("late", "at_once", "in_the_end"),
    [
        (Outcome(OutcomeKind.SENT, Stage.BODY, 250, "ok"), IssueState.SENT, IssueState.SENT),
        (Outcome(OutcomeKind.DEFERRED, Stage.RCPT, 450, "4.2.1 later"), IssueState.SENDING, IssueState.SENT),
        (
            Outcome(OutcomeKind.REFUSED, Stage.RCPT, 550, "5.7.1 no"),
            IssueState.SENT_WITH_EXCEPTIONS,
            IssueState.SENT_WITH_EXCEPTIONS,
        ),
    ],
    ids=["sent", "deferred", "refused"],
)
def test_an_issue_closed_over_a_slow_mail_is_counted_anew(issue, worker, clock, late, at_once, in_the_end) -> None:
    slow = FakeRelay()

    def stall(rcpt):
        if len(slow.sent) == 1:
            clock.forward(seconds=200)
            for _ in range(2):
                worker(transport=FakeRelay(), name="quick").run(issue_slug=issue.slug)
            assert type(issue).objects.get().state == IssueState.SENT_WITH_EXCEPTIONS
            return late

    slow.answer = stall
    worker(transport=slow, name="slow").run(issue_slug=issue.slug)
    worker(transport=FakeRelay()).run(issue_slug=issue.slug)
    issue.refresh_from_db()
    assert issue.state == at_once

    clock.forward(minutes=2)
    worker(transport=FakeRelay()).run(issue_slug=issue.slug)
    issue.refresh_from_db()
    assert issue.state == in_the_end and closing_report(issue).adds_up and not closing_report(issue).waiting


def test_a_worker_that_is_told_to_end_finishes_its_mail_and_gives_the_rest_back(issue, worker, states) -> None:
    relay = FakeRelay()
    stopping = worker(transport=relay)
    relay.answer = lambda rcpt: stopping.stop.set()
    tally = stopping.run()

    assert tally.counts == {"sent": 1}
    assert sorted(states(issue).values()) == ["pending", "pending", "sent"]
    assert not Delivery.objects.exclude(worker="").filter(state="pending").exists()
    relay.answer = None
    worker(transport=relay).run()
    assert len(relay.sent) == 3


def test_a_transport_that_breaks_leaves_an_uncertain_mail_and_ends_the_run(issue, worker, states) -> None:
    def broken(rcpt):
        if rcpt.startswith("aki"):
            raise ZeroDivisionError

    tally = worker(transport=FakeRelay(broken)).run()
    assert "ZeroDivisionError" in tally.relay_trouble
    assert states(issue)["aki@reader.example"] == "ambiguous"
    worker(transport=FakeRelay(broken)).run()

    assert sorted(states(issue).values()) == ["ambiguous", "sent", "sent"]


def test_results_survive_a_database_that_is_away_for_a_moment(issue, worker, states, monkeypatch) -> None:
    sender = worker(transport=FakeRelay(), chunk=1)
    write, away = Handover._write_and_reserve, [OperationalError("database is locked")] * 2
    monkeypatch.setattr(durable, "recover", lambda: True)

    def sometimes(handover, letters):
        if handover._results and away:
            raise away.pop()
        return write(handover, letters)

    monkeypatch.setattr(Handover, "_write_and_reserve", sometimes)
    sender.run()

    assert not away and set(states(issue).values()) == {"sent"}


# tries


def test_what_is_deferred_is_tried_six_times_in_five_and_a_half_hours_and_then_refused(
    issue, worker, states, clock
) -> None:
    later = Outcome(OutcomeKind.DEFERRED, Stage.RCPT, 450, "4.2.1 later")
    relay = FakeRelay({"haru@reader.example": later}.get)
    tried_at = []
    while states(issue).get("haru@reader.example") != "refused":
        worker(transport=relay).run()
        tried_at.append(clock())
        waits_until = issue.deliveries.filter(state="deferred").values_list("next_try_at", flat=True).first()
        if waits_until:
            clock.now = waits_until - timedelta(seconds=1)
            worker(transport=relay).run()
            assert relay.sent.count("haru@reader.example") == len(tried_at)  # not a second too soon
            clock.forward(seconds=1)

    assert relay.sent.count("haru@reader.example") == len(tried_at) == 6
    gaps = [later - earlier for earlier, later in zip(tried_at, tried_at[1:], strict=False)]
    for gap, planned in zip(gaps, (1, 5, 20, 60, 240), strict=True):
        assert timedelta(minutes=planned * 0.9) <= gap <= timedelta(minutes=planned * 1.1)
    issue.refresh_from_db()
    assert states(issue)["haru@reader.example"] == "refused"
    assert issue.state == IssueState.SENT_WITH_EXCEPTIONS


def test_when_the_relay_is_away_nobody_else_is_tried_in_that_run(issue, worker, states) -> None:
    away = Outcome(OutcomeKind.DEFERRED, Stage.CONNECT, 0, "Connection refused")
    relay = FakeRelay(lambda rcpt: away)
    tally = worker(transport=relay).run()

    assert len(relay.sent) == 1
    assert sorted(states(issue).values()) == ["deferred", "pending", "pending"]
    assert "Connection refused" in tally.relay_trouble


def test_a_relay_that_is_away_for_days_costs_nobody_their_mail(worker, queue, clock) -> None:
    queue()
    away = [Outcome(OutcomeKind.DEFERRED, Stage.AUTH, 535, "5.7.8 bad password")]
    relay = FakeRelay(lambda rcpt: away[0] if away else None)
    for _ in range(30):
        worker(transport=relay).run()
        assert OutgoingMail.objects.get().state == "deferred"
        clock.forward(hours=3)
    away.clear()
    worker(transport=relay).run()

    assert OutgoingMail.objects.get().state == "sent" and len(relay.sent) == 31


# stopping by itself


@pytest.fixture
def many(add_subscriber, issue):
    for number in range(30):
        add_subscriber(f"reader{number}@reader.example")
    return issue


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(OutcomeKind.REFUSED, Stage.RCPT, 550, "5.7.1 blocked"),
        Outcome(OutcomeKind.DEFERRED, Stage.RCPT, 450, "4.7.1 too many"),
        Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, 0, "timed out"),
    ],
)
def test_ten_equal_errors_in_a_row_pause_the_issue_and_tell_staff(many, worker, outcome) -> None:
    relay = FakeRelay(lambda rcpt: outcome if rcpt != "staff@assist-park.example" else None)
    worker(transport=relay).run()

    many.refresh_from_db()
    assert len(relay.sent) == 11  # ten readers and the staff mailbox
    assert many.state == IssueState.PAUSED
    assert outcome.text in many.pause_reason and "10回" in many.pause_reason
    mail = OutgoingMail.objects.get()
    assert mail.to == "staff@assist-park.example"
    assert many.subject in mail.subject and outcome.text in mail.text
    assert not Delivery.objects.filter(state__in=["claimed", "sending"]).exists()


def test_the_recipients_own_address_in_an_answer_does_not_hide_that_it_is_the_same(many, worker) -> None:
    relay = FakeRelay(lambda rcpt: Outcome(OutcomeKind.REFUSED, Stage.RCPT, 550, f"5.7.1 <{rcpt}>: blocked"))
    worker(transport=relay).run()

    many.refresh_from_db()
    assert many.state == IssueState.PAUSED


def test_nine_errors_or_different_ones_or_one_success_between_do_not_pause(many, worker) -> None:
    def answer(rcpt):
        number = len(relay.sent)
        if number % 10 == 0:
            return None
        return Outcome(OutcomeKind.REFUSED, Stage.RCPT, 550 + (number > 20) * (number % 2), "5.7.1 blocked")

    relay = FakeRelay(answer)
    worker(transport=relay).run()

    many.refresh_from_db()
    assert many.state == IssueState.SENT_WITH_EXCEPTIONS
    assert len(relay.sent) == 33


def test_a_relay_that_stays_away_pauses_the_issue_after_ten_runs(many, worker, clock) -> None:
    relay = FakeRelay(lambda rcpt: Outcome(OutcomeKind.DEFERRED, Stage.CONNECT, 0, "Connection refused"))
    for _ in range(12):
        worker(transport=relay).run(issue_slug=many.slug)
        clock.forward(seconds=5)

    many.refresh_from_db()
    assert many.state == IssueState.PAUSED
    assert len(relay.sent) == 10


def test_after_a_pause_it_goes_on_where_it_stopped_and_counts_anew(many, worker, staff, clock) -> None:
    blocked = Outcome(OutcomeKind.REFUSED, Stage.RCPT, 550, "5.7.1 blocked")
    worker(transport=FakeRelay(lambda rcpt: blocked)).run()
    resume_issue(many, by=staff, now=clock())
    relay = FakeRelay(lambda rcpt: blocked if len(relay.sent) < 5 else None)
    worker(transport=relay).run(issue_slug=many.slug)

    many.refresh_from_db()
    assert many.state == IssueState.SENT_WITH_EXCEPTIONS
    assert len(relay.sent) == 23
    assert closing_report(many).refused == 14 and closing_report(many).adds_up


def test_pausing_takes_effect_after_the_mail_in_hand(many, worker, staff, clock, states) -> None:
    def pause(rcpt):
        if len(relay.sent) == 4:
            pause_issue(many, by=staff, now=clock(), reason="会場が変わったため")

    relay = FakeRelay(pause)
    worker(transport=relay).run()

    many.refresh_from_db()
    assert len(relay.sent) == 4
    assert many.state == IssueState.PAUSED and many.pause_reason == "会場が変わったため"
    assert sorted(set(states(many).values())) == ["pending", "sent"]


def test_a_pause_is_seen_within_a_tenth_of_a_second(many, worker, staff, clock) -> None:
    def pause(rcpt):
        if len(relay.sent) == 4:
            pause_issue(many, by=staff, now=clock(), reason="会場が変わったため")
        time.sleep(0.03)

    relay = FakeRelay(pause)
    worker(transport=relay, look_again=LOOK_AGAIN).run()

    assert 4 <= len(relay.sent) <= 8


def test_past_its_last_moment_an_issue_asks_instead_of_firing(issue, worker, clock, staff) -> None:
    clock.now = issue.not_after
    relay = FakeRelay()
    worker(transport=relay).run()
    worker(transport=relay).run(issue_slug=issue.slug)

    issue.refresh_from_db()
    assert issue.state == IssueState.PAUSED and "時刻を過ぎた" in issue.pause_reason
    assert not Delivery.objects.exists()
    assert [mail for mail in relay.sent if "reader" in mail] == []
    assert OutgoingMail.objects.get().to == "staff@assist-park.example"


def test_an_issue_whose_last_moment_comes_while_it_is_sent_stops_there(issue, worker, clock) -> None:
    relay = FakeRelay(lambda rcpt: setattr(clock, "now", issue.not_after))
    worker(transport=relay).run(issue_slug=issue.slug)

    issue.refresh_from_db()
    assert len(relay.sent) == 1 and issue.state == IssueState.PAUSED


def test_an_issue_that_went_to_everybody_is_closed_however_late_that_is_noticed(issue, worker, clock) -> None:
    materialise_recipients(issue, now=clock())
    issue.deliveries.update(state="sent")
    clock.now = issue.not_after + timedelta(days=1)
    worker(transport=FakeRelay()).run()

    issue.refresh_from_db()
    assert issue.state == IssueState.SENT


def test_an_issue_without_its_approved_text_is_not_sent(issue, worker) -> None:
    Rendering.objects.all().delete()
    relay = FakeRelay()
    worker(transport=relay).run(issue_slug=issue.slug)

    issue.refresh_from_db()
    assert issue.state == IssueState.PAUSED and "本文" in issue.pause_reason
    assert not relay.sent


def test_a_text_that_no_mail_can_hold_pauses_instead_of_refusing_everybody(many, worker) -> None:
    Rendering.objects.update(subject="1行目\n2行目")
    relay = FakeRelay()
    worker(transport=relay).run(issue_slug=many.slug)

    many.refresh_from_db()
    assert many.state == IssueState.PAUSED and not relay.sent
    assert Delivery.objects.filter(state="refused").count() == 10


# single mails


@pytest.fixture
def queue(centre, clock):
    def put(to="dantai@group.example", **fields):
        return enqueue(
            **{"kind": "receipt", "to": to, "subject": "受付", "text": "受け付けました。", "now": clock(), **fields}
        )

    return put


def test_single_mails_go_before_an_issue_and_between_its_claims(many, worker, queue) -> None:
    MailPolicy.objects.update(per_minute=5)  # claims of five
    queue("first@group.example")
    relay = FakeRelay()
    relay.answer = lambda rcpt: queue("second@group.example") and None if len(relay.sent) == 3 else None
    worker(transport=relay).run()

    assert relay.sent[0] == "first@group.example"
    assert relay.sent.index("second@group.example") == 6
    assert OutgoingMail.objects.filter(state="sent").count() == 2


@pytest.mark.parametrize(
    ("outcome", "state", "kept"),
    [
        (None, "sent", False),
        (Outcome(OutcomeKind.REFUSED, Stage.RCPT, 550, "5.7.1 no"), "refused", False),
        (Outcome(OutcomeKind.DEFERRED, Stage.RCPT, 450, "4.2.1 later"), "deferred", True),
        (Outcome(OutcomeKind.AMBIGUOUS, Stage.BODY, 0, "lost"), "ambiguous", True),
    ],
)
def test_a_personal_link_does_not_lie_about_once_its_mail_has_its_end(worker, queue, outcome, state, kept) -> None:
    queue("a@group.example", holds_token=True, text="https://assist-park.example/u/himitsu/", html="<p>himitsu</p>")
    queue("b@group.example", text="ふつう")
    worker(transport=FakeRelay(lambda rcpt: outcome)).run()

    row = OutgoingMail.objects.get(to="a@group.example")
    assert row.state == state
    assert ("himitsu" in row.text + row.html) is kept
    assert OutgoingMail.objects.get(to="b@group.example").text == "ふつう"


def test_a_suppressed_address_gets_no_single_mail_and_staff_always_get_theirs(worker, queue, clock) -> None:
    for address in ("never@reader.example", "staff@assist-park.example", "hanako@assist-park.example"):
        Suppression.objects.create(email_hash=address_hash(address), reason=Suppression.Reason.ASKED, at=clock())
    queue("Never@Reader.example", holds_token=True, text="himitsu")
    queue("staff@assist-park.example")
    queue("hanako@assist-park.example", kind="framework")
    relay = FakeRelay()
    worker(transport=relay).run()

    assert sorted(relay.sent) == ["hanako@assist-park.example", "staff@assist-park.example"]
    row = OutgoingMail.objects.get(kind="receipt", to="Never@Reader.example")
    assert (row.state, row.text) == ("suppressed", "")


def test_the_same_key_queues_one_mail(worker, queue) -> None:
    queue(dedupe_key="n-42")
    queue(dedupe_key="n-42")
    relay = FakeRelay()
    worker(transport=relay).run()

    assert len(relay.sent) == 1


def test_one_issue_alone_can_be_sent(issue, worker, queue) -> None:
    queue()
    relay = FakeRelay()
    worker(transport=relay).run(issue_slug=issue.slug)

    assert len(relay.sent) == 3 and "dantai@group.example" not in relay.sent
