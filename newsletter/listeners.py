"""Seams to the floors below: what the mail says of a notice, and pages that change after they were frozen or mailed.

Signals only make it sooner; the tick, the approval and the start look for themselves.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.signals import page_published

from activities import carried, forecast
from center.signals import page_visibility_changed
from newsletter.carried import carried_notices, is_carried
from newsletter.forecasting import mail_forecasts
from newsletter.models import Issue, IssueItem, IssueState
from newsletter.services import check_sending_issues, note_changes, tell_coming_holds


def on_page_published(sender, instance, **kwargs) -> None:
    """A page was published: its words may differ from what was frozen or mailed."""
    if not kwargs.get("raw"):
        _look_after_commit([instance.pk], timezone.now())


def on_visibility_changed(sender, page_ids: Iterable[int], now: datetime, **kwargs) -> None:
    """Pages appeared or disappeared."""
    _look_after_commit(list(page_ids), now)


def _look_after_commit(page_ids: list[int], now: datetime) -> None:
    """Look once the change is stored, and only where a mail has to do with these pages."""
    if IssueItem.objects.filter(page_ref__in=page_ids).exists():
        transaction.on_commit(lambda: look_at_pages(page_ids, now=now), robust=True)


def look_at_pages(page_ids: list[int], *, now: datetime) -> None:
    """Note what differs from what was mailed, tell staff what will hold an approved issue, pause one on its way."""
    on_their_way = Issue.objects.filter(state=IssueState.SENDING, items__page_ref__in=page_ids).distinct()
    check_sending_issues(now=now, issues=on_their_way)
    note_changes(now=now, page_ids=page_ids)
    scheduled = Issue.objects.filter(
        state=IssueState.SCHEDULED, send_at__gt=now, items__page_ref__in=page_ids
    ).distinct()
    tell_coming_holds(now=now, issues=scheduled)


def connect() -> None:
    """Connect the listeners and register the forecast; called once, when the app is ready."""
    forecast.register(mail_forecasts)
    carried.register(carried_notices, is_carried)
    page_published.connect(on_page_published, dispatch_uid="newsletter-published")
    page_visibility_changed.connect(on_visibility_changed, dispatch_uid="newsletter-visibility")
