"""How the list of events grows: the time of one page with 200 events to that with 20, in one run."""

import statistics
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from config.builders import add_event

ROUNDS = 7


def _median_ms(client, url: str) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        assert client.get(url).status_code == 200
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


@pytest.mark.django_db
def test_list_of_events_at_200_to_20(tree, client):
    start = timezone.now() + timedelta(days=1)
    for number in range(20):
        add_event(tree, f"催し {number}", sessions=[(start + timedelta(hours=number), None)])
    few = _median_ms(client, "/events/")
    for number in range(20, 200):
        add_event(tree, f"催し {number}", sessions=[(start + timedelta(hours=number), None)])
    many = _median_ms(client, "/events/")
    ratio = many / few
    print(f"\nlist of events, median of {ROUNDS}: 20 events {few:.0f} ms, 200 events {many:.0f} ms, ratio {ratio:.2f}")
