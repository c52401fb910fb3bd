"""`manage.py tick`: everything periodic. Safe to run 0, 1, 2 or 50 times around any boundary."""

import json
import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from activities.facebook.services import tick_facebook
from activities.pdf_reading import read_waiting_pdfs
from activities.services import tick_notices
from center.intake.limits import forget_old
from center.opening import tokyo_date
from center.visibility import record_public_spans
from newsletter.sending_ticking import tick_sending
from newsletter.services import tick_newsletter
from newsletter.subscriber_ticking import tick_subscribers

log = logging.getLogger("tick")
LAST_TICK = "tick:last"
PAUSE_SECONDS = 30


def _scheduled_pages(*, now: datetime) -> dict:
    """Pages go live and expire as scheduled (Wagtail's own clock)."""
    call_command("publish_scheduled", verbosity=0)
    return {}


def _public_spans(*, now: datetime) -> dict:
    opened, closed = record_public_spans(now=now)
    return {"spans_opened": opened, "spans_closed": closed}


def _limits(*, now: datetime) -> dict:
    return {"forgotten": forget_old(today=tokyo_date(now))}


STEPS: tuple[tuple[str, Callable[..., dict]], ...] = (
    ("pages", _scheduled_pages),
    ("public spans", _public_spans),
    ("notices", tick_notices),
    ("newsletter", tick_newsletter),
    ("subscribers", tick_subscribers),
    ("sending", tick_sending),
    ("limits", _limits),
    ("magazine", read_waiting_pdfs),
    ("facebook", tick_facebook),
)


def run_tick(*, now: datetime) -> dict[str, dict]:
    """Run every step once; a step that fails is logged and does not keep the others from running."""
    done: dict[str, dict] = {}
    for name, step in STEPS:
        try:
            done[name] = step(now=now) or {}
        except Exception:
            log.exception("tick: %s failed", name)
            done[name] = {"failed": True}
    cache.set(LAST_TICK, now.isoformat(), timeout=None)
    return done


class Command(BaseCommand):
    help = "時間で決まることをすべて行います（何度実行しても安全です）。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--watch", action="store_true", help="終わらずに、くり返します。")
        parser.add_argument("--json", action="store_true", help="結果をJSONで出します。")

    def handle(self, *args, **options) -> None:
        stop = threading.Event()
        if options["watch"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while True:
            started = time.monotonic()
            done = run_tick(now=timezone.now())
            if not options["watch"]:
                break
            close_old_connections()
            if stop.wait(max(1.0, PAUSE_SECONDS - (time.monotonic() - started))):
                return
        if options["json"]:
            self.stdout.write(json.dumps(done, ensure_ascii=False, default=str))
        if any("failed" in result for result in done.values()):
            raise SystemExit(1)
