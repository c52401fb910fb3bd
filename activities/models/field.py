"""The fields of activity and the parts of the city: short lists that groups and events are found by."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet

from center.models.settings import LOCALE_SUFFIXES


class NamedRow(models.Model):
    """A row with a name per language and a stable address part."""

    slug = models.SlugField(_("address part"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)
    name_easy = models.CharField(_("name (easy Japanese)"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    panels = [
        FieldPanel("name"),
        FieldPanel("name_en"),
        FieldPanel("name_easy"),
        FieldPanel("slug"),
        FieldPanel("order"),
    ]

    class Meta:
        abstract = True
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        suffix = LOCALE_SUFFIXES.get(get_language() or "ja", "")
        return getattr(self, f"name{suffix}", "") or self.name


@register_snippet
class ActivityField(NamedRow):
    """One of the 20 fields of activity of the NPO law (特定非営利活動促進法 別表); `order` is its number there."""

    class Meta(NamedRow.Meta):
        verbose_name = _("field of activity")
        verbose_name_plural = _("fields of activity")


@register_snippet
class Area(NamedRow):
    """One part of the city."""

    class Meta(NamedRow.Meta):
        verbose_name = _("area")
        verbose_name_plural = _("areas")


@register_snippet
class LectureTopic(NamedRow):
    """What a lecture is about: accounting, fundraising, grants, social media."""

    class Meta(NamedRow.Meta):
        verbose_name = _("lecture topic")
        verbose_name_plural = _("lecture topics")
