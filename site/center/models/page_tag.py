"""Tags of pages: staff's own words, which the sections of the mail collect."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase


class PageTag(TaggedItemBase):
    """One tag on one page, of whatever type."""

    content_object = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="page_tags")

    class Meta:
        verbose_name = _("tag of a page")
        verbose_name_plural = _("tags of pages")
