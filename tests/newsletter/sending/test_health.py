"""How the sending fares, on staff's first screen."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command

from center.models import OutgoingMail
from center.outbox import enqueue
from config.management.commands.tick import STEPS
from newsletter.models import IssueState, WorkerBeat
from newsletter.sending import health as health_module
from newsletter.sending.health import beat, health
from newsletter.sending.mailbox import LAST
from newsletter.sending.recipients import materialise_recipients
from newsletter.sending_ticking import tick_sending


@pytest.fixture(autouse=True)
def no_beats_of_other_tests(monkeypatch):
    monkeypatch.setattr(health_module, "_written", {})


@pytest.fixture
def screen(client, staff, tree, clock):
    """The first screen of the editor at the moment of the clock."""

    def read() -> str:
        with time_machine.travel(clock(), tick=False):
            client.force_login(staff)
            return client.get("/admin/").text.partition('id="sending-panel"')[2].partition("</section>")[0]

    return read


def queue(clock, **fields) -> OutgoingMail:
    row = enqueue(kind="notice-receipt", to="dantai@group.example", subject="受付", text="本文", now=clock())
    OutgoingMail.objects.filter(pk=row.pk).update(**fields)
    return row


def test_all_quiet_is_one_calm_line(screen, clock):
    beat("w", clock())
    text = screen()
    assert "すべて送り終えています" in text
    for words in ("sending-alarm", "issue-rows", "最後の不調"):
        assert words not in text


def test_a_loop_that_is_not_seen_for_ten_minutes_while_mails_wait_sounds_an_alarm(screen, clock):
    beat("w", clock())
    queue(clock)
    clock.forward(minutes=9, seconds=59)
    assert "送信が止まっています" not in screen()
    clock.forward(seconds=1)
    text = screen()
    assert "送信が止まっています" in text and 'role="alert"' in text and "10分前" in text
    beat("w", clock())
    assert "送信が止まっています" not in screen()


def test_a_loop_that_was_never_seen_is_an_alarm_too_but_not_while_nothing_waits(screen, clock):
    assert "送信が止まっています" not in screen()
    queue(clock)
    assert "送信が止まっています" in screen()


def test_a_worker_in_the_middle_of_a_long_issue_is_alive(issue, clock):
    materialise_recipients(issue, now=clock())
    beat("w", clock())
    clock.forward(minutes=30)
    assert health(now=clock()).is_stopped
    issue.deliveries.filter(email__startswith="aki").update(state="sent", intent_at=clock(), result_at=clock())
    found = health(now=clock())
    assert not found.is_stopped and found.waiting == 2


def test_a_paused_issue_waits_for_a_person_and_is_no_alarm(screen, issue, clock):
    materialise_recipients(issue, now=clock())
    issue.state, issue.pause_reason = IssueState.PAUSED, "会場の変更"
    issue.save()
    text = screen()
    assert "一時停止" in text and "会場の変更" in text and "送信が止まっています" not in text


def test_trouble_uncertain_and_failed_mails_and_the_numbers_of_today_are_told_in_words(screen, clock):
    beat("w", clock(), trouble="connect: [Errno 111] Connection refused")
    queue(clock, state="ambiguous", intent_at=clock(), result_at=clock(), error="body: timed out")
    queue(clock, state="refused", result_at=clock(), error="rcpt: 550 5.7.1 no")
    queue(clock, state="sent", result_at=clock())
    queue(clock, state="sent", result_at=clock() - timedelta(days=1))
    text = screen()
    for words in ("いまはメールを送れていません", "つながりませんでした", "要判断", "未送信", "送信1通、不達1通"):
        assert words in text, words


def test_the_tick_says_in_the_servers_log_that_nobody_sends(centre, clock, caplog):
    cache.clear()
    queue(clock)
    assert [tick_sending(now=clock())["stopped"] for _ in range(2)] == [1, 1]
    assert len([row for row in caplog.records if "send_issues --watch" in row.message]) == 1
    beat("w", clock())
    assert tick_sending(now=clock())["stopped"] == 0
    assert tick_sending in dict(STEPS).values()
    cache.clear()


def test_trouble_with_the_mailbox_of_returned_mails_is_told(screen, clock):
    beat("w", clock())
    cache.set(LAST, {"counts": {}, "unread": 3, "trouble": "x", "at": ""}, timeout=None)
    text = screen()
    assert "受信箱を、いまは読めません" in text and "3通" in text
    cache.clear()


def test_beats_are_written_now_and_then_and_old_ones_go(clock, db):
    beat("w", clock())
    clock.forward(seconds=2)
    beat("w", clock())
    assert WorkerBeat.objects.get().at == clock() - timedelta(seconds=2)
    beat("w", clock(), trouble="x")
    assert WorkerBeat.objects.get().trouble == "x"
    clock.forward(days=2)
    beat("other", clock())
    assert WorkerBeat.objects.get().worker == "other"


def test_the_command_leaves_its_sign_of_life_and_says_what_stops_it(centre, settings, relay):
    settings.EMAIL_URL = relay.url
    call_command("send_issues")
    assert WorkerBeat.objects.get().trouble == ""
    relay.stop()
    enqueue(kind="x", to="a@example.jp", subject="s", text="t", now=WorkerBeat.objects.get().at)
    with pytest.raises(CommandError):
        call_command("send_issues")
    assert "connect" in WorkerBeat.objects.order_by("-at").first().trouble
