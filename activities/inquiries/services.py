"""What staff do with a contact or a consultation, and with the state of a post.

Each is one transaction, takes `now`, and leaves a line in the history and one in the editor's log.
"""

from datetime import datetime

from django.db import transaction
from wagtail.log_actions import log

from activities.inquiries.history import add_entry, locked
from activities.models import (
    Consultation,
    ConsultationState,
    Inquiry,
    InquiryEntry,
    MatchContact,
    MatchPage,
    MatchState,
)
from center.models import User
from center.translations import bring_facts_to_translations


def move(*, row: Inquiry, state: str, by: User | None, now: datetime) -> None:
    """Set the state; whoever does is in charge unless somebody is already. Safe to repeat.

    Raises ValueError for a state that this kind of inquiry does not know.
    """
    if state not in dict(type(row)._meta.get_field("state").choices):
        raise ValueError(state)
    with transaction.atomic():
        held = locked(row)
        if held.state == state:
            return
        before = held.get_state_display()
        held.state = state
        held.assigned_to = held.assigned_to or by
        held.settled_at = None if held.is_open else now
        held.save(update_fields=["state", "assigned_to", "settled_at"])
        add_entry(held, InquiryEntry.Kind.MOVED, at=now, by=by, text=f"{before} → {held.get_state_display()}")
    row.refresh_from_db()


def assign(*, row: Inquiry, to: User | None, by: User | None, now: datetime) -> None:
    """Put somebody in charge, or nobody. Safe to repeat."""
    with transaction.atomic():
        held = locked(row)
        if held.assigned_to == to:
            return
        held.assigned_to = to
        held.save(update_fields=["assigned_to"])
        add_entry(held, InquiryEntry.Kind.ASSIGNED, at=now, by=by, text=str(to) if to else "–")
    row.refresh_from_db()


def set_note(*, row: Inquiry, text: str, by: User | None, now: datetime) -> None:
    """The staff's own note. Safe to repeat."""
    with transaction.atomic():
        held = locked(row)
        if held.staff_note == text.strip():
            return
        held.staff_note = text.strip()
        held.save(update_fields=["staff_note"])
        add_entry(held, InquiryEntry.Kind.NOTED, at=now, by=by)
    row.refresh_from_db()


def book(*, row: Consultation, booked_at: datetime, words: str, by: User | None, now: datetime) -> None:
    """Write down the agreed day and hour, and say so in the state. `words`: that moment, for the history."""
    with transaction.atomic():
        held = locked(row)
        held.booked_at, held.state, held.settled_at = booked_at, ConsultationState.BOOKED, None
        held.assigned_to = held.assigned_to or by
        held.save(update_fields=["booked_at", "state", "settled_at", "assigned_to"])
        add_entry(held, InquiryEntry.Kind.BOOKED, at=now, by=by, text=words)
    row.refresh_from_db()


def set_post_state(
    *, post: MatchPage, state: str, by: User | None, now: datetime, contact: MatchContact | None = None
) -> None:
    """Set the state of a post: on the page that readers see, in a draft beside it, and in its translations.

    Nothing else of a draft is published. The line stands in the log of the page, and in the history of the `contact`
    from which it was done. Safe to repeat. Raises ValueError for an unknown state.
    """
    state = MatchState(state)
    with transaction.atomic():
        page = MatchPage.objects.select_for_update(of=("self",)).get(pk=post.pk)
        draft = page.get_latest_revision_as_object()
        has_draft = page.has_unpublished_changes
        if page.state == state and draft.state == state:
            return
        before = page.get_state_display()
        draft.state = page.state = state
        revision = draft.save_revision(user=by, log_action=False, changed=has_draft)
        if page.live and not has_draft:
            revision.publish(user=by, log_action=False)
        else:
            MatchPage.objects.filter(pk=page.pk).update(state=state)
            if page.live:
                MatchPage.objects.filter(pk=page.pk).update(last_published_at=now)
                bring_facts_to_translations(MatchPage.objects.get(pk=page.pk))
        log(instance=page, action="activities.match.state", user=by, timestamp=now, data={"state": str(state)})
        if contact:
            words = f"{before} → {MatchState(state).label}"
            add_entry(contact, InquiryEntry.Kind.POST_MOVED, at=now, by=by, text=words)
    post.refresh_from_db()
