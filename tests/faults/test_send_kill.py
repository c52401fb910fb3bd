"""Whatever is killed while an issue is being sent: nobody twice, nobody lost, and it goes on by itself."""

import os
from pathlib import Path

import pytest
from django.db import connection

from tests.faults import send_kill

IS_FULL = os.environ.get("FULL") == "1"
KILLS, READERS, SEED = 10, 150, 20261201


@pytest.fixture
def ready(db, tmp_path) -> Path:
    """The test's database as a file, so that the small game need not build a site."""
    if connection.vendor != "sqlite":
        pytest.skip("copies a SQLite database")
    path = tmp_path / "ready.sqlite3"
    path.write_bytes(connection.connection.serialize())
    return path


def held_to_its_word(score: send_kill.Score, kills: int) -> None:
    words = send_kill.table([score])
    assert score.faults == [], words
    assert score.kills.total() - score.kills["SIGTERM"] == kills, words
    assert score.counts["sent"] + score.counts["uncertain"] == score.counts["recipients"] > 0, words
    assert (score.counts["doubled"], score.counts["lost"]) == (0, 0), words


def test_a_worker_that_is_killed_leaves_one_uncertain_mail_at_most(ready) -> None:
    held_to_its_word(send_kill.play("sqlite-1", kills=KILLS, readers=READERS, seed=SEED, ready=ready), KILLS)


@pytest.mark.skipif(not IS_FULL, reason="takes minutes")
@pytest.mark.skipif(not send_kill.POSTGRES, reason="there is no PostgreSQL on this machine")
@pytest.mark.parametrize("mode", ["postgres-1", "postgres-4"])
def test_with_postgresql_the_database_dies_too(mode) -> None:
    score = send_kill.play(mode, kills=4 * KILLS, readers=READERS, seed=SEED)
    held_to_its_word(score, 4 * KILLS)
    assert score.kills["database"]
