"""Every receipt that a group was shown has its row and its files, whatever died meanwhile."""

import os

import pytest
from django.db import connection

from tests.faults import notice_kill

IS_FULL = os.environ.get("FULL") == "1"
GROUPS, KILLS = (50, 20) if IS_FULL else (3, 1)
NEVER = (
    "groups that did not finish",
    "notices stored twice",
    "receipts without a row",
    "receipts without their files",
    "rows whose file is missing or broken",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(tree, tmp_path):
    """The test's database as a file, so that the small game need not build a site."""
    if connection.vendor != "sqlite":
        pytest.skip("copies a SQLite database")
    path = tmp_path / "ready.sqlite3"
    path.write_bytes(connection.connection.serialize())
    return path


def held_to_its_word(report, words: str) -> None:
    assert report.faults == [], words
    assert {name: report.counts[name] for name in NEVER} == dict.fromkeys(NEVER, 0), words
    assert report.counts["receipts shown"] >= GROUPS, words
    assert report.counts["receipt mails queued"] + report.counts["held"] == report.counts["notices stored"], words


@pytest.mark.skipif(not IS_FULL, reason="takes ten minutes")
@pytest.mark.skipif(not notice_kill.POSTGRES, reason="there is no PostgreSQL on this machine")
def test_fifty_groups_lose_nothing_while_database_disk_and_workers_die():
    report, disk = notice_kill.play(groups=GROUPS, kills=KILLS)
    held_to_its_word(report, notice_kill.table(report, disk))
    assert report.counts["kills: database"] == KILLS


def test_a_few_groups_lose_nothing_while_disk_and_workers_die(ready):
    report, disk = notice_kill.play(groups=GROUPS, kills=KILLS, database="sqlite", may_mount=False, ready=ready)
    held_to_its_word(report, notice_kill.table(report, disk))
    assert (report.counts["kills: disk"], report.counts["kills: worker"]) == (KILLS, KILLS)
