"""The history of contacts and consultations: one line for each thing that happened, and one in the editor's log."""

from datetime import datetime

from wagtail.log_actions import log

from activities.models import Inquiry, InquiryEntry
from center.models import User


def add_entry(
    row: Inquiry, kind: InquiryEntry.Kind, *, at: datetime, by: User | None = None, text: str = ""
) -> InquiryEntry:
    """One line of the history. The editor's log gets the number and the kind of change, never a person's words."""
    log(instance=row, action=f"activities.inquiry.{kind}", user=by, timestamp=at)
    return row.entries.create(at=at, kind=kind, by=by, text=text[:200])


def locked(row: Inquiry) -> Inquiry:
    """The row as it is now, held until the transaction ends."""
    return type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
