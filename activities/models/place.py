"""Places: the city's facilities, where events happen."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.search import index
from wagtail.snippets.models import register_snippet


@register_snippet
class Place(index.Indexed, models.Model):
    """One facility, mostly from the city's open data (its faults included until staff mend them)."""

    name = models.CharField(_("name"), max_length=120)
    kana = models.CharField(_("reading"), max_length=160, blank=True)
    category = models.CharField(_("category"), max_length=80, blank=True)
    subcategory = models.CharField(_("subcategory"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    area = models.ForeignKey(
        "activities.Area",
        verbose_name=_("area"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="places",
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    fax = models.CharField(_("FAX"), max_length=40, blank=True)
    email = models.CharField(_("e-mail"), max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    source_url = models.URLField(_("source"), max_length=300, blank=True)
    checked_at = models.DateTimeField(_("source looked at"), null=True, blank=True)
    doubt = models.CharField(_("what looks wrong"), max_length=200, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)

    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("kana"), FieldPanel("category"), FieldPanel("subcategory")],
            heading=_("Name"),
        ),
        MultiFieldPanel(
            [FieldPanel("address"), FieldPanel("area"), FieldPanel("phone"), FieldPanel("fax"), FieldPanel("email")],
            heading=_("Address and contact"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("latitude"),
                FieldPanel("longitude"),
                FieldPanel("note"),
                FieldPanel("source_url"),
                FieldPanel("doubt"),
            ],
            heading=_("Map and source"),
        ),
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("kana"),
        index.SearchField("address"),
    ]

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "address", "subcategory"], name="one_place_a_name_and_address")
        ]

    def __str__(self) -> str:
        return self.name
