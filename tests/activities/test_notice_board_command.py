"""The board of notices on the command line."""

import json
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from activities import services
from activities.notices.queries import notice_board
from tests.activities.notice_builders import day, make_and_publish, receive, tree_of

pytestmark = pytest.mark.django_db
TUESDAY = day(2026, 11, 24, 9)
KEYS = {
    *("number", "received_at", "clock_started_at", "due_on", "prepare_by", "not_before_on", "state", "late_return"),
    *("public_since", "on_time"),
}


@pytest.fixture(autouse=True)
def tree(db):
    return tree_of(2026)


def run(*args: str, at=TUESDAY) -> str:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("notice_board", *args, stdout=out)
    return out.getvalue()


def test_json_has_exactly_the_promised_keys_in_the_offset_of_tokyo():
    receive(day(2026, 11, 18, 9))
    (row,) = json.loads(run("--json"))
    assert set(row) == KEYS
    assert row["received_at"] == "2026-11-18T09:00:00+09:00"
    assert (row["due_on"], row["prepare_by"]) == ("2026-11-21", "2026-11-20")
    assert (row["state"], row["late_return"], row["public_since"], row["on_time"]) == ("received", False, None, False)


def test_a_returned_notice_has_no_clock():
    notice = receive(day(2026, 11, 23, 9))
    services.return_notice(notice=notice, reason="no_text", message="", by=None, now=day(2026, 11, 23, 10))
    (row,) = json.loads(run("--json"))
    assert (row["clock_started_at"], row["due_on"], row["prepare_by"], row["on_time"]) == (None, None, None, None)


def test_on_time_is_told_for_what_is_settled_and_left_open_otherwise():
    make_and_publish(receive(day(2026, 11, 18, 9)), day(2026, 11, 20, 9))
    receive(day(2026, 11, 23, 9))
    services.withdraw_notice(notice=receive(day(2026, 11, 10, 9)), now=day(2026, 11, 20, 9))
    verdicts = {row["number"]: row["on_time"] for row in json.loads(run("--json"))}
    assert verdicts == {"2026-0001": True, "2026-0002": None, "2026-0003": None}


def test_open_ones_come_first_cancellations_before_all_then_by_due_day():
    receive(day(2026, 11, 20, 9), title="おそい")
    receive(day(2026, 11, 18, 9), title="はやい")
    receive(day(2026, 11, 22, 9), kind="cancellation")
    returned = receive(day(2026, 11, 17, 9))
    services.return_notice(notice=returned, reason="no_text", message="", by=None, now=day(2026, 11, 17, 10))
    services.withdraw_notice(notice=receive(day(2026, 11, 1, 9)), now=day(2026, 11, 2, 9))
    numbers = [row["number"] for row in notice_board(now=TUESDAY)]
    assert numbers == ["2026-0003", "2026-0002", "2026-0001", "2026-0004", "2026-0005"]


def test_the_table_reads_in_japanese():
    receive(day(2026, 11, 18, 9))
    receive(day(2026, 12, 29, 10))
    table = run(at=day(2026, 12, 30, 9))
    assert "番号" in table
    assert "2026-11-18 09:00" in table
    assert "休館中に期限" in table
    assert "受付" in table
    assert table.strip().endswith("2件")


def test_an_empty_board_says_so():
    assert run() == "掲載依頼はありません。\n"
    assert json.loads(run("--json")) == []


def test_a_wrong_argument_is_one_line():
    with pytest.raises(CommandError):
        run("--nonsense")
