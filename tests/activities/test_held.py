"""Notices that a machine may have sent: kept, told, counted later, and let through by one click."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from activities import services
from activities.models import Channel, HeldReason, Notice, NoticeState
from activities.notices.board import board, held_count, open_count
from activities.notices.publication import tick_notices
from activities.notices.queries import notice_board, received_notices, settlement_rows
from activities.notices.tokens import token_of
from center.intake.proof_of_work import new_challenge
from center.models import LimitHit, OutgoingMail, SpecialDay
from newsletter.notice_facts import mail_notices, open_change_notices
from tests.activities.notice_builders import EVENT, day, mails, receive, typed, words_of
from tests.center.test_proof_of_work import asked_in, solve

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 18, 9)


@pytest.fixture(autouse=True)
def asked_for(settings):
    settings.FORM_NEEDS_PROOF = True


def held(**changes) -> Notice:
    notice, _token = services.receive_notice(
        data=EVENT | changes,
        sessions=[(day(2026, 12, 12, 10), None)],
        files=[],
        channel=Channel.FORM,
        received_at=NOW,
        now=NOW,
        held_reason=HeldReason.NO_PROOF,
    )
    return notice


def send(client, at=NOW, **changes):
    """Fill in the form at that moment and send it half a minute later."""
    with time_machine.travel(at, tick=False):
        page = client.get("/notices/new/").content.decode()
    if changes.pop("with_proof", False):
        changes = {"sum_done": solve(asked_in(page))} | changes
    with time_machine.travel(at + timedelta(seconds=30), tick=False):
        return client.post("/notices/new/", typed(at, **changes))


def test_a_form_sent_without_javascript_is_taken_and_its_page_tells_number_and_due_day(client, tree):
    answer = send(client)
    assert answer.status_code == 302
    notice = Notice.objects.get()
    assert notice.is_held
    assert notice.held_reason == HeldReason.NO_PROOF
    assert notice.due_on.isoformat() == "2026-11-21"
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        words = words_of(client.get(answer.url))
    assert notice.number in words
    assert "職員が内容を見てから" in words


def test_a_form_sent_by_a_browser_goes_straight_to_the_board_with_its_receipt(client, tree):
    send(client, with_proof=True)
    notice = Notice.objects.get()
    assert not notice.is_held
    assert list(board()) == [notice]
    assert [mail.to for mail in mails("notice-receipt")] == ["mochi@example.jp"]


def test_a_wrong_proof_is_taken_and_held(client, tree):
    assert send(client, sum_done="x").status_code == 302
    assert Notice.objects.get().held_reason == HeldReason.BAD_PROOF


def test_the_same_form_sent_twice_is_one_notice_on_the_board(client, tree):
    with time_machine.travel(NOW, tick=False):
        page = client.get("/notices/new/").content.decode()
    body = typed(NOW, sum_done=solve(asked_in(page)))
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        first, second = client.post("/notices/new/", body), client.post("/notices/new/", body)
    assert first.url == second.url
    assert not Notice.objects.get().is_held


def test_sixty_people_of_one_city_hall_get_through_within_ten_minutes(client, tree):
    for number in range(60):
        at = NOW + timedelta(seconds=10 * number)
        solution = solve(new_challenge("NoticeForm", now=at))
        with time_machine.travel(at + timedelta(seconds=30), tick=False):
            client.post("/notices/new/", typed(at, sum_done=solution, title=f"催し{number}"))
    assert open_count() == 60
    assert held_count() == 0


def test_very_many_from_one_machine_are_held_even_with_their_proofs(client, tree, monkeypatch):
    monkeypatch.setattr("activities.notices.limits.NOTICES_A_DAY", 2)
    for _number in range(3):
        assert send(client, with_proof=True).status_code == 302
    assert sorted(Notice.objects.values_list("held_reason", flat=True)) == ["", "", "many"]
    assert "127.0.0.1" not in str(LimitHit.objects.values_list())


def test_a_held_notice_is_on_no_list_in_no_figure_and_nobody_is_mailed(tree):
    notice = held(media=["web", "facebook", "mail"])
    assert not board()
    assert not board(state="all")
    assert list(board(held=True)) == [notice]
    assert (open_count(), held_count()) == (0, 1)
    assert not settlement_rows(day(2026, 11, 1).date(), day(2026, 11, 30).date())
    assert not received_notices(day(2026, 11, 1).date(), day(2026, 11, 30).date())
    assert notice_board(now=NOW) == []
    for days in range(60):
        tick_notices(now=NOW + timedelta(days=days))
    assert not OutgoingMail.objects.exists()


def test_one_click_lets_it_through_and_its_clock_has_run_since_the_receipt(tree):
    notice = held()
    services.release_notice(notice=notice, by=None, now=NOW + timedelta(days=2))
    assert not notice.is_held
    assert notice.received_at == NOW
    assert notice.due_on.isoformat() == "2026-11-21"
    assert list(board()) == [notice]
    assert len(mails("notice-receipt")) == 1
    assert len(settlement_rows(NOW.date(), NOW.date())) == 1


def test_letting_it_through_twice_mails_one_receipt(tree):
    notice = held()
    for _time in range(2):
        services.release_notice(notice=notice, by=None, now=NOW)
    assert len(mails()) == 1


def test_a_discarded_one_is_gone_without_a_mail_and_its_page_says_so(client, tree):
    notice = held()
    for _time in range(2):
        services.discard_held(notice=notice, by=None, now=NOW)
    assert notice.state == NoticeState.WITHDRAWN
    assert held_count() == 0
    assert not board(held=True)
    assert not mails()
    with time_machine.travel(NOW, tick=False):
        assert "自動送信と判断して" in words_of(client.get(reverse("notices:status", args=[token_of(notice)])))
    with pytest.raises(services.AlreadySettled):
        services.release_notice(notice=notice, by=None, now=NOW)
    assert not mails()


def test_a_notice_that_is_not_held_cannot_be_discarded(tree):
    notice = receive(NOW)
    services.discard_held(notice=notice, by=None, now=NOW)
    assert notice.state == NoticeState.RECEIVED


@pytest.mark.parametrize(
    "step",
    [
        lambda notice: services.start_review(notice=notice, by=None, now=NOW),
        lambda notice: services.return_notice(notice=notice, reason="no_text", message="", by=None, now=NOW),
        lambda notice: services.decline_notice(notice=notice, reason="掲載基準", by=None, now=NOW),
        lambda notice: services.send_message(notice=notice, text="こんにちは", by=None, now=NOW),
        lambda notice: services.make_page(notice=notice, by=None, now=NOW),
    ],
)
def test_nothing_else_is_done_with_it_before_it_is_let_through(tree, step):
    notice = held()
    with pytest.raises(services.StillHeld):
        step(notice)
    assert not mails()
    services.release_notice(notice=notice, by=None, now=NOW)
    step(notice)


def test_its_sender_may_write_and_withdraw_and_is_not_mailed(client, tree):
    notice = held()
    token = token_of(notice)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert client.post(reverse("notices:message", args=[token]), {"message": "人です"}).status_code == 302
        assert "人です" in words_of(client.get(reverse("notices:status", args=[token])))
        client.post(reverse("notices:withdraw", args=[token]))
    notice.refresh_from_db()
    assert notice.state == NoticeState.WITHDRAWN
    assert not mails()


def test_a_holiday_added_moves_its_due_day_without_a_mail(tree):
    notice = held()
    notice.policy |= {"closed_due": "next_open_day"}
    notice.save()
    SpecialDay.objects.create(on=day(2026, 11, 24).date(), kind="closed")
    tick_notices(now=NOW)
    notice.refresh_from_db()
    assert notice.due_on.isoformat() == "2026-11-25"
    assert not mails()


def test_it_does_not_hold_up_the_monthly_mail(tree):
    notice = held(media=["web", "mail"])
    held(kind="cancellation", about_text="もちつき")
    assert mail_notices(NOW - timedelta(days=40)) == []
    assert open_change_notices() == []
    services.release_notice(notice=notice, by=None, now=NOW)
    assert len(mail_notices(NOW - timedelta(days=40))) == 1
