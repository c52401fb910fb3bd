"""`send_issues` as an operator meets it."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from center.models import OutgoingMail
from center.outbox import enqueue
from newsletter.models import Delivery, Instance, Issue, IssueState

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def now_is_the_send_day(monkeypatch, clock):
    monkeypatch.setattr("django.utils.timezone.now", clock)


@pytest.fixture
def run(settings, relay):
    """Call the command and return what it printed."""
    settings.EMAIL_URL = relay.url

    def call(*args: str) -> str:
        out = io.StringIO()
        call_command("send_issues", *args, stdout=out)
        return out.getvalue()

    return call


def test_it_sends_and_prints_numbers(issue, run, relay, clock, monkeypatch) -> None:
    enqueue(kind="receipt", to="dantai@group.example", subject="受付", text="受付", now=clock())
    printed = json.loads(run("--json"))

    assert len(relay.raw) == 4
    assert printed["results"] == {"sent": 4} and printed["started"] == []
    assert printed["closed"][issue.slug] == {
        "state": "sent",
        "targeted": 3,
        "sent": 3,
        "refused": 0,
        "suppressed": 0,
        "ambiguous": 0,
        "cancelled": 0,
        "waiting": 0,
    }
    assert run() == "送るものはありません。\n"


def test_words_for_people(issue, run) -> None:
    printed = run()
    assert "送信済 3" in printed and f"{issue.slug}：送り終えました（宛先 3、送信済 3、" in printed


def test_a_dry_run_sends_and_changes_nothing(issue, run, relay, clock) -> None:
    enqueue(kind="receipt", to="dantai@group.example", subject="受付", text="受付", now=clock())
    assert json.loads(run("--dry-run", "--json")) == {
        "issues": [{"slug": issue.slug, "state": "sending", "to_send": 3}],
        "mails": 1,
    }
    assert "3人に送るところです" in run("--dry-run")

    assert not relay.raw and not Delivery.objects.exists() and not Instance.objects.exists()
    assert OutgoingMail.objects.get().state == "pending"
    assert Issue.objects.get().materialised_at is None


def test_a_relay_that_is_away_is_told_in_one_line(issue, settings, run, start_relay) -> None:
    gone = start_relay()
    gone.stop()
    settings.EMAIL_URL = gone.url
    with pytest.raises(CommandError, match="メールサーバーがいま受け取りません"):
        run()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["deferred", "pending", "pending"]


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--issue", "1999-01"], "1999-01"),
        (["--watch", "--dry-run"], "--dry-run"),
        (["--lease", "0"], "--lease"),
        (["--lease", "soon"], "--lease"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_a_wrong_argument_is_named(issue, run, args, word) -> None:
    with pytest.raises(CommandError, match=word):
        run(*args)


def test_wrong_settings_are_named(issue, settings, run) -> None:
    settings.EMAIL_URL = "pigeon://u:himitsu@loft.example"
    with pytest.raises(CommandError, match="pigeon") as caught:
        run()
    assert "himitsu" not in str(caught.value)


def test_an_operator_sees_one_line_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "send_issues", "--nonsense"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1 and "--nonsense" in done.stderr


def test_an_issue_that_cannot_start_does_not_hold_the_single_mails_back(issue, run, relay, clock, monkeypatch) -> None:
    def fail(**kwargs):
        raise RuntimeError("no page")

    monkeypatch.setattr("config.management.commands.send_issues.start_due_issues", fail)
    enqueue(kind="receipt", to="dantai@group.example", subject="受付", text="受付", now=clock())
    run()
    assert "dantai@group.example" in relay.recipients


def test_a_restored_copy_is_told_apart_and_can_be_taken_over(issue, run, relay, settings, tmp_path) -> None:
    run("--issue", issue.slug)
    Issue.objects.update(state=IssueState.SENDING)
    Delivery.objects.update(state="pending")
    settings.INSTANCE_DIR = str(tmp_path / "elsewhere")
    with pytest.raises(CommandError, match="--take-over"):
        run()
    assert len(relay.raw) == 3
    run("--take-over")
    assert len(relay.raw) == 6
