"""Which documents everybody may read: those that a public page uses."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from wagtail.documents.models import AbstractDocument
from wagtail.models import Page, ReferenceIndex

from center.visibility import publicly_visible


def is_in_public_use(document: AbstractDocument, *, now: datetime | None = None) -> bool:
    """Does a page that everybody may read at `now` link to the document, in a field, its text or a part of it?

    Wagtail's index of references says which pages do, as they are published.
    """
    page_type = ContentType.objects.get_for_model(Page)
    found = ReferenceIndex.get_references_to(document).filter(base_content_type=page_type)
    pages = [int(number) for number in found.values_list("object_id", flat=True).distinct()]
    return bool(pages) and publicly_visible(Page.objects.filter(pk__in=pages), now=now).exists()
