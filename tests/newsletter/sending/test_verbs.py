"""What staff do to an issue on its way."""

from datetime import timedelta

import pytest
from wagtail.models import ModelLogEntry

from newsletter.models import Delivery, IssueState
from newsletter.sending.recipients import materialise_recipients
from newsletter.sending.report import closing_report
from newsletter.sending.verbs import (
    NotBeingSent,
    NothingToDecide,
    TooLate,
    cancel_sending,
    give_up,
    mark_sent,
    pause_issue,
    resume_issue,
    send_again,
)


@pytest.fixture
def sent_partly(issue, clock):
    """One of three was sent, the issue is paused."""
    materialise_recipients(issue, now=clock())
    Delivery.objects.filter(email__startswith="aki").update(state="sent")
    return issue


def entries(issue) -> list[tuple[str, str, str]]:
    """The issue's log, oldest first: action, user, words."""
    found = ModelLogEntry.objects.for_instance(issue).order_by("timestamp", "pk")
    return [(entry.action, entry.user and entry.user.username, str(entry.message)) for entry in found]


def test_pause_and_resume_are_in_the_log_with_who_and_why(issue, staff, clock) -> None:
    pause_issue(issue, by=staff, now=clock(), reason="会場の変更")
    assert (issue.state, issue.pause_reason) == (IssueState.PAUSED, "会場の変更")
    clock.forward(minutes=1)
    resume_issue(issue, by=staff, now=clock())
    assert (issue.state, issue.pause_reason) == (IssueState.SENDING, "")

    log = entries(issue)
    assert [row[:2] for row in log] == [("newsletter.pause", "hanako"), ("newsletter.resume", "hanako")]
    assert "会場の変更" in log[0][2]


def test_doing_it_twice_changes_and_logs_nothing(issue, staff, clock) -> None:
    for _ in range(2):
        pause_issue(issue, by=staff, now=clock(), reason="x")
    for _ in range(2):
        resume_issue(issue, by=staff, now=clock())
    for _ in range(2):
        cancel_sending(issue, by=staff, now=clock())
    assert [row[0] for row in entries(issue)].count("newsletter.pause") == 1
    assert [row[0] for row in entries(issue)].count("newsletter.resume") == 1
    assert [row[0] for row in entries(issue)].count("newsletter.cancel_sending") == 1


@pytest.mark.parametrize("state", [IssueState.DRAFT, IssueState.SCHEDULED, IssueState.HELD])
def test_what_is_not_being_sent_can_neither_be_paused_nor_resumed_nor_cancelled(issue, staff, clock, state) -> None:
    type(issue).objects.update(state=state)
    with pytest.raises(NotBeingSent):
        pause_issue(issue, by=staff, now=clock(), reason="x")
    with pytest.raises(NotBeingSent):
        resume_issue(issue, by=staff, now=clock())
    with pytest.raises(NotBeingSent):
        cancel_sending(issue, by=staff, now=clock())
    issue.refresh_from_db()
    assert issue.state == state


def test_after_its_last_moment_it_goes_on_only_with_a_new_one(issue, staff, clock) -> None:
    pause_issue(issue, by=None, now=clock(), reason="x")
    clock.now = issue.not_after
    with pytest.raises(TooLate):
        resume_issue(issue, by=staff, now=clock())
    resume_issue(issue, by=staff, now=clock(), not_after=clock() + timedelta(hours=8))

    issue.refresh_from_db()
    assert issue.state == IssueState.SENDING and issue.not_after == clock() + timedelta(hours=8)


def test_cancelling_the_rest_keeps_what_was_sent_and_adds_up(sent_partly, staff, clock) -> None:
    report = cancel_sending(sent_partly, by=staff, now=clock(), reason="誤りが見つかったため")

    sent_partly.refresh_from_db()
    assert (report.targeted, report.sent, report.cancelled) == (3, 1, 2) and report.adds_up
    assert sent_partly.state == IssueState.SENT_WITH_EXCEPTIONS
    assert entries(sent_partly)[0][:2] == ("newsletter.cancel_sending", "hanako")
    assert "2" in entries(sent_partly)[0][2] and "誤りが見つかったため" in entries(sent_partly)[0][2]


def test_cancelling_before_anybody_got_it_cancels_the_issue(issue, staff, clock) -> None:
    cancel_sending(issue, by=staff, now=clock())
    issue.refresh_from_db()
    assert issue.state == IssueState.CANCELLED and issue.sent_at is None


def test_cancelling_waits_for_the_mail_that_is_on_its_way(sent_partly, staff, clock, worker) -> None:
    on_its_way = Delivery.objects.filter(email__startswith="haru")
    on_its_way.update(state="sending", worker="other", lease_until=clock() + timedelta(seconds=60))
    cancel_sending(sent_partly, by=staff, now=clock())
    sent_partly.refresh_from_db()
    assert sent_partly.state == IssueState.SENDING and closing_report(sent_partly).waiting == 1

    clock.forward(seconds=61)
    worker().run()
    sent_partly.refresh_from_db()
    report = closing_report(sent_partly)
    assert sent_partly.state == IssueState.SENT_WITH_EXCEPTIONS
    assert (report.sent, report.ambiguous, report.cancelled) == (1, 1, 1) and report.adds_up


def test_a_cancelled_issue_sends_nothing_more(sent_partly, staff, clock, worker, relay) -> None:
    cancel_sending(sent_partly, by=staff, now=clock())
    worker().run()
    assert not relay.raw


@pytest.fixture
def uncertain(sent_partly, worker, relay, clock):
    """The issue is closed; what happened to haru is not known."""
    relay.plan["BODY"] = lambda rcpt: "taken, then drop" if rcpt.startswith("haru") else None
    worker().run()
    sent_partly.refresh_from_db()
    assert sent_partly.state == IssueState.SENT_WITH_EXCEPTIONS
    relay.plan.clear()
    worker().run()
    relay.raw.clear()
    return Delivery.objects.get(email__startswith="haru")


def test_a_person_who_knows_that_it_arrived_settles_it(uncertain, staff, clock) -> None:
    mark_sent(uncertain, by=staff, now=clock())
    assert uncertain.state == "sent"
    assert uncertain.issue.state == IssueState.SENT
    assert closing_report(uncertain.issue).adds_up
    assert entries(uncertain.issue)[-1][:2] == ("newsletter.decide_delivery", "hanako")
    with pytest.raises(NothingToDecide):
        mark_sent(uncertain, by=staff, now=clock())


def test_a_person_may_give_it_up(uncertain, staff, clock) -> None:
    give_up(uncertain, by=staff, now=clock())
    assert uncertain.state == "refused"
    assert uncertain.issue.state == IssueState.SENT_WITH_EXCEPTIONS
    assert closing_report(uncertain.issue).adds_up


def test_only_a_person_sends_it_again_and_with_the_same_message_id(uncertain, staff, clock, worker, relay) -> None:
    worker().run()
    assert not relay.raw
    send_again(uncertain, by=staff, now=clock())
    worker().run()
    worker().run()

    (mail,) = relay.mails
    uncertain.refresh_from_db()
    assert mail["Message-ID"] == uncertain.message_id and uncertain.state == "sent"
    uncertain.issue.refresh_from_db()
    assert uncertain.issue.state == IssueState.SENT


def test_sending_again_on_another_day_needs_a_new_last_moment(uncertain, staff, clock) -> None:
    clock.forward(days=1)
    with pytest.raises(TooLate):
        send_again(uncertain, by=staff, now=clock())
    uncertain.refresh_from_db()
    assert uncertain.state == "ambiguous"
    send_again(uncertain, by=staff, now=clock(), not_after=clock() + timedelta(hours=3))
    assert uncertain.state == "pending"


def test_what_was_sent_cannot_be_sent_again(uncertain, staff, clock) -> None:
    with pytest.raises(NothingToDecide):
        send_again(Delivery.objects.get(email__startswith="aki"), by=staff, now=clock())
