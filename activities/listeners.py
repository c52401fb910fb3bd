"""Listens to what becomes public, so that a notice knows the moment and the PDF of an issue is read."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.models import Page
from wagtail.search import index
from wagtail.signals import page_published

from activities.models import GroupPage, MagazineIssuePage, PdfReading
from activities.notices.publication import record_publication
from activities.notices.trusted_steps import note_trust
from activities.pdf_reading import drop_covers, note_pdf
from center.models import CentreDocument
from center.signals import page_visibility_changed


def on_visibility_change(sender, page_ids: Iterable[int], now: datetime, **kwargs) -> None:
    """The record of public spans has changed for these pages."""
    record_publication(page_ids=page_ids, now=now)


def on_issue_published(sender, instance: Page, **kwargs) -> None:
    """An issue went public, from the editor, from code or at its hour: its PDF is noted, the tick reads it.

    It is indexed once more: the search saw the page before its articles were stored.
    """
    if kwargs.get("raw"):
        return
    index.insert_or_update_object(instance)
    if instance.pdf_id:
        note_pdf(instance.pdf)


def on_group_published(sender, instance: GroupPage, revision=None, **kwargs) -> None:
    """A group's page went public: who gave it the mark of trust, or took it away, stands in the log."""
    if not kwargs.get("raw"):
        note_trust(instance, by=revision.user if revision else None, now=timezone.now())


def on_document_saved(sender, instance: CentreDocument, **kwargs) -> None:
    """The file of a document that had been read was replaced."""
    if not kwargs.get("raw") and PdfReading.objects.filter(document=instance).exclude(file_name=instance.file).exists():
        note_pdf(instance)


def on_reading_deleted(sender, instance: PdfReading, **kwargs) -> None:
    """The document is gone, and with it the cover that was made from it."""
    drop_covers([instance.cover_id])


def connect() -> None:
    """Connect the listeners; called once, when the app is ready."""
    page_visibility_changed.connect(on_visibility_change, dispatch_uid="activities-notice-publication")
    page_published.connect(on_issue_published, sender=MagazineIssuePage, dispatch_uid="activities-issue-pdf")
    page_published.connect(on_group_published, sender=GroupPage, dispatch_uid="activities-group-trust")
    post_save.connect(on_document_saved, sender=CentreDocument, dispatch_uid="activities-pdf-replaced")
    post_delete.connect(on_reading_deleted, sender=PdfReading, dispatch_uid="activities-reading-gone")
