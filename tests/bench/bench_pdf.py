"""A made PDF of 38 pages: its cover and text in a process of their own, to the same work in this one."""

import resource
import statistics
import time
from collections.abc import Callable

from center.intake.pdf_pages import read
from center.intake.sandbox import read_pdf_apart
from tests.activities.made_pdfs import made_pdf

PAGES = 38
ROUNDS = 5
LIMIT_SECONDS = 2
"""Of CPU time, so that a busy machine does not count; on an idle one the clock says less."""


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _medians(work: Callable[[], tuple[dict, bytes]]) -> tuple[float, float]:
    """(seconds by the clock, seconds of CPU) of one round."""
    clock, cpu = [], []
    for _ in range(ROUNDS):
        started, used = time.perf_counter(), _cpu_seconds()
        facts, cover = work()
        clock.append(time.perf_counter() - started)
        cpu.append(_cpu_seconds() - used)
        assert facts["pages"] == PAGES and all(facts["texts"]) and cover
    return statistics.median(clock), statistics.median(cpu)


def test_cover_and_text_of_38_pages_apart_to_in_process():
    content = made_pdf(PAGES)
    apart, apart_cpu = _medians(lambda: read_pdf_apart(content))
    _inside, inside_cpu = _medians(lambda: read(content))
    print(
        f"\n{PAGES} pages, median of {ROUNDS}: apart {apart:.2f} s (CPU {apart_cpu:.2f} s), "
        f"in process CPU {inside_cpu:.2f} s, ratio of CPU {apart_cpu / inside_cpu:.2f}"
    )
    assert apart_cpu < LIMIT_SECONDS
