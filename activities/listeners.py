"""Listens to what becomes public, so that a notice knows the moment."""

from collections.abc import Iterable
from datetime import datetime

from activities.notice_publication import record_publication
from center.signals import page_visibility_changed


def on_visibility_change(sender, page_ids: Iterable[int], now: datetime, **kwargs) -> None:
    """The record of public spans has changed for these pages."""
    record_publication(page_ids=page_ids, now=now)


def connect() -> None:
    """Connect the listeners; called once, when the app is ready."""
    page_visibility_changed.connect(on_visibility_change, dispatch_uid="activities-notice-publication")
