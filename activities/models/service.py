"""What the centre lends and where its information stands are: plain rows, unknown facts stay unknown."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet


class Charge(models.TextChoices):
    """Whether something costs. The leaflet's marks for it are lost."""

    UNKNOWN = "unknown", _("not confirmed")
    FREE = "free", _("free of charge")
    PAID = "paid", _("with a fee")


@register_snippet
class Equipment(models.Model):
    """One machine or tool that groups can use."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    charge = models.CharField(_("fee"), max_length=8, choices=Charge.choices, default=Charge.UNKNOWN)
    note = models.CharField(_("note"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    panels = [FieldPanel("name"), FieldPanel("charge"), FieldPanel("note"), FieldPanel("order")]

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


@register_snippet
class Stand(models.Model):
    """One 情報スタンド: a place where flyers of groups are put out."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    place = models.ForeignKey(
        "activities.Place",
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stands",
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    panels = [FieldPanel("name"), FieldPanel("place"), FieldPanel("note"), FieldPanel("order")]

    class Meta:
        verbose_name = _("information stand")
        verbose_name_plural = _("information stands")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
