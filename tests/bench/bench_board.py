"""The board of the desk with 5,000 notices beside that with 50: queries and time of its first page, in one run."""

import statistics
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Notice, NoticeEntry, NoticeSession
from tests.activities.notice_builders import receive

BOARD = "/admin/notices/"
FEW, MANY, ROUNDS = 50, 5_000, 7


def _copies(notice: Notice, count: int) -> None:
    """So many open notices more, each with its day and the first lines of its history."""
    rows = []
    for number in range(count):
        row = Notice.objects.get(pk=notice.pk) if number == 0 else _again(rows[0])
        row.pk, row.number, row.status_token_hash = None, uuid.uuid4().hex[:12], uuid.uuid4().hex
        row.due_on = notice.due_on + timedelta(days=number % 60)
        rows.append(row)
    made = Notice.objects.bulk_create(rows, 500)
    start = notice.sessions.get().starts_at
    NoticeSession.objects.bulk_create([NoticeSession(notice=row, starts_at=start) for row in made], 500)
    kinds = (NoticeEntry.Kind.RECEIVED, NoticeEntry.Kind.MESSAGE_OUT, NoticeEntry.Kind.MESSAGE_IN)
    lines = [NoticeEntry(notice=row, at=row.received_at, kind=kind, data={}) for row in made for kind in kinds]
    NoticeEntry.objects.bulk_create(lines, 1_000)


def _again(notice: Notice) -> Notice:
    return Notice(**{field.attname: getattr(notice, field.attname) for field in Notice._meta.concrete_fields})


def _median_ms(client) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        assert client.get(BOARD).status_code == 200
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _queries(client) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(BOARD).status_code == 200
    return len(caught)


@pytest.mark.django_db
def test_board_at_5000_to_50(tree, client, staff):
    now = timezone.now()
    first = receive(now - timedelta(hours=2), sessions=[(now + timedelta(days=40), None)], contact_email="")
    client.force_login(staff)
    _copies(first, FEW - 1)
    client.get(BOARD)
    few, few_sql = _median_ms(client), _queries(client)
    _copies(first, MANY - FEW)
    many, many_sql = _median_ms(client), _queries(client)
    assert many_sql == few_sql <= 15
    print(
        f"\nboard, median of {ROUNDS}: {FEW} notices {few:.0f} ms, {MANY} notices {many:.0f} ms,"
        f" ratio {many / few:.2f}; {many_sql} SQL"
    )
