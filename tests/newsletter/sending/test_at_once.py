"""Fifty who all want the same issue sent at the same moment: it is sent once."""

import os
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from newsletter.models import IssueState
from tests.faults.notice_kill import POSTGRES
from tests.faults.send_kill import Game, Nest, Relay, environment_for
from tests.newsletter.sending.test_races import (  # noqa: F401 (fixtures)
    APPROVED_AT,
    READERS,
    SENT_AT,
    closed_month,
    race,
)

TOGETHER = 50


def test_fifty_starts_at_once_make_one_campaign(race, tmp_path) -> None:  # noqa: F811
    """Each looks what is due and works it off, as two schedulers, a repeated job or a double click would."""
    if connection.vendor != "sqlite":
        pytest.skip("copies a SQLite database")
    race.approve(APPROVED_AT)
    path = tmp_path / "db.sqlite3"
    path.write_bytes(connection.connection.serialize())
    relay = Relay(tmp_path, 0)
    same = {"SITE_URL": settings.SITE_URL, "SECRET_KEY": settings.SECRET_KEY, "MEDIA_DIR": str(settings.MEDIA_ROOT)}
    nest = Nest(environment_for(tmp_path, f"sqlite:///{path}", relay.port) | same, tmp_path)
    assert nest.run("cache")
    pids = [nest.start("once", SENT_AT.isoformat()) for _ in range(TOGETHER)]
    codes = Counter(nest.end_of(pid) for pid in pids)
    nest.close()
    relay.kill()

    with closing(sqlite3.connect(path)) as database:
        ((state, count),) = database.execute("SELECT state, recipient_count FROM newsletter_issue").fetchall()
        deliveries = dict(database.execute("SELECT message_id, state FROM newsletter_delivery").fetchall())
        starts = database.execute(
            "SELECT count(*) FROM wagtailcore_modellogentry WHERE action = 'newsletter.start'"
        ).fetchone()
    words = (tmp_path / "workers.log").read_text()[-2_000:]
    assert codes == {0: TOGETHER}, words
    assert (state, count) == (IssueState.SENT, len(READERS)), words
    assert set(deliveries.values()) == {"sent"} and len(deliveries) == len(READERS)
    taken = relay.message_ids()
    assert set(taken.values()) == {1} and set(deliveries) <= set(taken)
    assert starts == (1,)


@pytest.mark.skipif(os.environ.get("FULL") != "1", reason="builds a PostgreSQL for itself")
@pytest.mark.skipif(not POSTGRES, reason="there is no PostgreSQL on this machine")
def test_fifty_workers_at_once_share_one_issue() -> None:
    with tempfile.TemporaryDirectory(prefix="fifty-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL is a user of its own
        game = Game("postgres-4", folder=folder, seed=0)
        try:
            assert game.nest.run("prepare", 1, 300)
            moment = timezone.now().isoformat()
            pids = [game.nest.start("once", moment) for _ in range(TOGETHER)]
            codes = Counter(game.nest.end_of(pid) for pid in pids)
            assert codes == {0: TOGETHER}, (folder / "workers.log").read_text()[-3_000:]
            taken = game.relay.message_ids()
            assert len(taken) == 300 and set(taken.values()) == {1}
        finally:
            game.close()
