"""`manage.py assemble_issue YYYY-MM`: the table that checks and people rely on."""

import io
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from center.opening import TOKYO
from newsletter.models import Issue
from newsletter.services import cancel_issue, draft_issue

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
KEYS = [
    "year",
    "month",
    "number",
    "state",
    "cutoff_at",
    "send_at",
    "in",
    "out",
    "entitled",
    "carried_over",
    "orphans",
    "blockers",
    "warnings",
    "holds",
]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


def run(*arguments: str) -> str:
    """What the command prints a quarter of an hour after the cutoff."""
    out = io.StringIO()
    with time_machine.travel(at(2026, 11, 26, 17, 30), tick=False):
        call_command("assemble_issue", *arguments, stdout=out)
    return out.getvalue()


def test_the_table_has_the_promised_keys_and_values(world):
    event = world.event("音楽会", (2026, 11, 18, 9), (2026, 12, 20, 14), (2026, 12, 20, 16))
    world.event("もう終わる会", (2026, 11, 18, 9), (2026, 11, 29, 10), (2026, 11, 29, 12))
    world.notice("間に合わない会", (2026, 11, 20, 15), start=(2026, 12, 12, 10))
    world.notice("次の号へ", (2026, 11, 26, 10, 30), start=(2026, 12, 5, 10))
    table = json.loads(run("2026-12", "--json"))
    assert list(table) == KEYS
    assert (table["year"], table["month"], table["state"]) == (2026, 12, "draft")
    assert table["cutoff_at"] == "2026-11-26T17:15:00+09:00"
    assert table["send_at"] == "2026-12-01T10:00:00+09:00"
    assert table["in"] == [
        {
            "url": f"https://assist-park.example/events/{event.slug}/",
            "title": "音楽会",
            "section": "講座・催し",
            "reason": "coming",
        }
    ]
    (out,) = table["out"]
    assert sorted(out) == ["label", "reason", "title", "url"]
    assert (out["title"], out["reason"]) == ("もう終わる会", "over")
    assert table["entitled"] == ["2026-0001"]
    assert table["carried_over"] == ["2026-0002"]
    assert table["orphans"] == ["2026-0002"]
    assert [(row["code"], sorted(row)) for row in table["blockers"]] == [("entitled", ["code", "label", "subject"])]
    assert "2026-0001" in table["blockers"][0]["subject"]
    assert table["holds"] == []


def test_running_it_again_drafts_no_second_issue(world):
    run("2026-12")
    run("2026-12", "--json")
    assert Issue.objects.filter(year=2026, month=12).count() == 1


def test_a_dry_run_drafts_nothing_and_shows_the_same(world):
    world.event("音楽会", (2026, 11, 18, 9), (2026, 12, 20, 14), (2026, 12, 20, 16))
    table = json.loads(run("2026-12", "--json", "--dry-run"))
    assert not Issue.objects.exists()
    assert [row["title"] for row in table["in"]] == ["音楽会"]
    again = json.loads(run("2026-12", "--json"))
    assert {**again, "number": 0} == table


def test_the_words_name_what_is_in_and_what_is_out(world):
    world.event("音楽会", (2026, 11, 18, 9), (2026, 12, 20, 14))
    world.event("もう終わる会", (2026, 11, 18, 9), (2026, 11, 29, 10), (2026, 11, 29, 12))
    words = run("2026-12")
    assert "2026年12月号" in words
    assert "締切 11月26日（木）17時15分" in words
    assert "［講座・催し］音楽会" in words
    assert "もう終わる会" in words.split("載らない")[1]


@pytest.mark.parametrize("wrong", ["2026-13", "december", "2026-1", "26-12", "2026-12-01"])
def test_a_wrong_month_is_answered_in_one_line(world, wrong):
    with pytest.raises(CommandError) as error:
        run(wrong)
    assert "\n" not in str(error.value)
    assert wrong in str(error.value)
    assert "2026-12 のように" in str(error.value)
    assert not Issue.objects.exists()


def test_a_month_that_is_over_without_an_issue_is_answered_in_words(world):
    with pytest.raises(CommandError) as error:
        run("2026-10")
    assert "過ぎて" in str(error.value)


def test_a_cancelled_issue_gives_way_to_a_new_draft(world, december):
    issue = draft_issue(year=2026, month=12, now=december.drafted)
    cancel_issue(issue=issue, reason="休館", by=world.editor, now=december.drafted)
    assert json.loads(run("2026-12", "--json"))["state"] == "draft"
    assert Issue.objects.filter(year=2026, month=12).count() == 2


@pytest.mark.parametrize("arguments", [["2026-13"], [], ["2026-12", "--nonsense"]])
def test_on_the_command_line_a_wrong_argument_is_one_line_and_exit_code_1(arguments, tmp_path):
    answer = subprocess.run(
        [sys.executable, "manage.py", "assemble_issue", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert answer.returncode == 1
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "2026-12 のように" in answer.stderr
    assert "Traceback" not in answer.stderr
