"""What the centre lends and where its information stands are: plain rows, unknown facts stay unknown."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.snippets.models import register_snippet


class Charge(models.TextChoices):
    """Whether something costs. The leaflet's marks for it are lost."""

    UNKNOWN = "unknown", _("not confirmed")
    FREE = "free", _("free of charge")
    PAID = "paid", _("with a fee")


class YesNo(models.TextChoices):
    """A fact that may be unknown: nobody guesses."""

    UNKNOWN = "unknown", _("not confirmed")
    YES = "yes", pgettext_lazy("fact", "yes")
    NO = "no", pgettext_lazy("fact", "no")


@register_snippet
class Equipment(models.Model):
    """One machine or tool that groups can use."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    charge = models.CharField(
        _("fee"),
        max_length=8,
        choices=Charge.choices,
        default=Charge.UNKNOWN,
        help_text=_("As long as nobody knows for certain, leave it at not confirmed: the page says so."),
    )
    fee = models.CharField(
        _("how much"), max_length=80, blank=True, help_text=_("For example: 10 yen a sheet. Shown beside the fee.")
    )
    makes_visits = models.CharField(
        _("goes out to groups"),
        max_length=7,
        choices=YesNo.choices,
        default=YesNo.UNKNOWN,
        help_text=_("With yes the page shows that it goes out to groups."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("What to bring, how to book it."))
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Small numbers come first."))

    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("charge"), FieldPanel("fee")]),
        FieldPanel("makes_visits"),
        FieldPanel("note"),
        FieldPanel("order"),
    ]

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
        help_text=_("Its address and its position on the map are shown."),
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("Only where the stand is not in one of the places, or far from its entrance."),
    )
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("Floor, hours, how to bring flyers."))
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Small numbers come first."))

    panels = [
        FieldPanel("name"),
        FieldPanel("place"),
        FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
        FieldPanel("note"),
        FieldPanel("order"),
    ]

    class Meta:
        verbose_name = _("information stand")
        verbose_name_plural = _("information stands")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": _("Please write both latitude and longitude, or neither.")})

    @property
    def position(self) -> tuple[Decimal, Decimal] | None:
        """(latitude, longitude): its own, or that of its place; None where neither is known."""
        for row in (self, self.place):
            if row is not None and row.latitude is not None and row.longitude is not None:
                return row.latitude, row.longitude
        return None
