"""What the clock does for trusted groups: it makes the page, publishes it, and leaves the rest to staff.

The page is made and published by the same services and the same action of the editor that staff use, with nobody as
its user. One notice that cannot be published never keeps the others from it: its failure is kept, and staff are told.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry

from activities.models import GroupPage, Notice, NoticeEntry, NoticeState, TrustedPublication
from activities.notices.history import add_entry, locked
from activities.notices.pages import make_page
from activities.notices.queries import policy_at
from activities.notices.trusted import CERTAIN, PUBLISHED_FROM, conditions, is_untouched
from center.models import User
from center.opening import TOKYO, tokyo_date

log_of_failures = logging.getLogger(__name__)
RETRY_AFTER = timedelta(minutes=10)
"""So long after a try (or a crash in the middle of one) it is tried again."""
TRUST_GIVEN, TRUST_TAKEN = "activities.group.trusted", "activities.group.untrusted"


class NotShown(Exception):
    """The page was published, but not everybody can read it: something above it is hidden."""


class TakenUp(Exception):
    """Somebody of the staff took the notice up meanwhile."""


def publish_trusted(*, now: datetime) -> dict[str, int]:
    """Publish what the rule publishes today; return the counts "trusted" and "trusted_failed".

    Any tick from 09:00 to 24:00 of the due day does it; what is overdue is staff's. Safe to repeat, also side by side.
    Source: the three-day rule, trusted groups.
    """
    done = {"trusted": 0, "trusted_failed": 0}
    if now.astimezone(TOKYO).time() < PUBLISHED_FROM or not policy_at(now).trusted_rule:
        return done
    for notice in _due(now):
        try:
            done["trusted"] += _publish(notice, now=now)
        except Exception as error:
            log_of_failures.exception("notice %s could not be published by itself", notice.number)
            _note_failure(notice, error, now=now)
            done["trusted_failed"] += 1
    return done


def _due(now: datetime) -> list[Notice]:
    """Those that may be meant, by what the database knows; the conditions are asked one by one."""
    is_new = Q(state=NoticeState.RECEIVED, trusted_publication__isnull=True)
    has_begun = Q(
        state__in=(NoticeState.RECEIVED, NoticeState.REVIEWING),
        trusted_publication__published_at__isnull=True,
        trusted_publication__tried_at__lte=now - RETRY_AFTER,
    )
    notices = Notice.objects.filter(
        is_new | has_begun,
        due_on=tokyo_date(now),
        held_at__isnull=True,
        assigned_to__isnull=True,
        group_from__in=CERTAIN,
        group__is_trusted=True,
    )
    return list(notices.select_related("group", "trusted_publication").order_by("received_at", "pk"))


def _publish(notice: Notice, *, now: datetime) -> bool:
    if not all(condition.is_met for condition in conditions(notice, now=now, is_rule_on=True)):
        return False
    if not _claim(notice, now=now):
        return False
    page = make_page(notice=notice, by=None, now=now)
    try:
        with transaction.atomic():
            row = locked(notice)
            if not is_untouched(row, row.entries.all()) or not _is_ours(page):
                raise TakenUp
            page.get_latest_revision().publish()
            if not Notice.objects.filter(pk=row.pk, state=NoticeState.PUBLISHED).exists():
                raise NotShown
            TrustedPublication.objects.filter(notice=row).update(published_at=now, failure="")
            add_entry(row, NoticeEntry.Kind.CHANGED, at=now, data={"field": "trusted"}, is_public=False)
    except TakenUp:
        return False
    notice.refresh_from_db()
    return True


def _is_ours(page: Page) -> bool:
    """Is it as the clock made it: has nobody written a draft over it?"""
    revision = page.get_latest_revision()
    return revision is not None and revision.user_id is None and page.revisions.count() == 1


def _claim(notice: Notice, *, now: datetime) -> bool:
    """Take the notice for this tick; False where another tick has it, or somebody took it up this moment."""
    with transaction.atomic():
        row = locked(notice)
        if not is_untouched(row, row.entries.all()):
            return False
        record, is_new = TrustedPublication.objects.get_or_create(notice=row, defaults={"tried_at": now})
        if is_new:
            return True
        mine = TrustedPublication.objects.filter(
            pk=record.pk, published_at__isnull=True, tried_at__lte=now - RETRY_AFTER
        )
        return bool(mine.update(tried_at=now))


def _note_failure(notice: Notice, error: Exception, *, now: datetime) -> None:
    """Keep what went wrong, by its kind alone: an error's own words may hold the group's."""
    TrustedPublication.objects.update_or_create(
        notice=notice,
        defaults={"failure": type(error).__name__[:200]},
        create_defaults={"failure": type(error).__name__[:200], "tried_at": now},
    )


def mark_seen(*, notice: Notice, by: User, now: datetime) -> None:
    """Staff have looked at what the clock published. Safe to repeat: the first who looked stays."""
    with transaction.atomic():
        row = locked(notice)
        seen = TrustedPublication.objects.filter(notice=row, published_at__isnull=False, seen_at__isnull=True)
        if seen.update(seen_at=now, seen_by=by):
            add_entry(row, NoticeEntry.Kind.CHANGED, at=now, by=by, data={"field": "trusted_seen"}, is_public=False)


def note_trust(group: GroupPage, *, by: User | None, now: datetime) -> None:
    """Put into the log who gave the mark of trust or took it away, and when; called when the page goes public."""
    known = PageLogEntry.objects.filter(page_id=group.pk, action__in=(TRUST_GIVEN, TRUST_TAKEN))
    last = known.order_by("-timestamp", "-pk").values_list("action", flat=True).first() or TRUST_TAKEN
    wanted = TRUST_GIVEN if group.is_trusted else TRUST_TAKEN
    if wanted != last:
        log(instance=group, action=wanted, user=by, timestamp=now)
