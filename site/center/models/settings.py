"""What the centre says about itself: one row, edited by staff."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

LOCALE_SUFFIXES = {"en": "_en", "ja-x-easy": "_easy"}


def _panels(*names: str) -> list[FieldPanel]:
    return [FieldPanel(name) for name in names]


@register_setting(icon="home", order=100)
class CentreSettings(BaseGenericSetting):
    """Name, address, hours and sender of the centre, with a field per language where words differ.

    An empty field for English or easy Japanese falls back to the Japanese one; an empty Japanese field means
    "unknown" and is shown as 未確認, never invented.
    """

    nickname = models.CharField(_("nickname"), max_length=80, blank=True)
    nickname_en = models.CharField(_("nickname (English)"), max_length=80, blank=True)
    nickname_easy = models.CharField(_("nickname (easy Japanese)"), max_length=80, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)
    name_easy = models.CharField(_("name (easy Japanese)"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=8, blank=True)
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    address_en = models.CharField(_("postal address (English)"), max_length=200, blank=True)
    address_easy = models.CharField(_("postal address (easy Japanese)"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    fax = models.CharField(_("FAX"), max_length=20, blank=True)
    email = models.EmailField(_("contact e-mail"), blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    hours = models.TextField(
        _("opening days and hours"), blank=True, help_text=_("Left empty, the site says that it is not confirmed.")
    )
    hours_en = models.TextField(_("opening days and hours (English)"), blank=True)
    hours_easy = models.TextField(_("opening days and hours (easy Japanese)"), blank=True)
    facts_as_of = models.CharField(
        _("as of"), max_length=80, blank=True, help_text=_("Where and when the address and phone were published.")
    )
    city_code = models.CharField(_("municipality code"), max_length=6, blank=True)
    prefecture = models.CharField(_("prefecture"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)

    sender_name = models.CharField(_("sender name of mails"), max_length=80, blank=True)
    sender_email = models.EmailField(_("sender address of mails"), blank=True)
    reply_to = models.EmailField(_("reply address of mails"), blank=True)
    staff_email = models.EmailField(
        _("staff mailbox"), blank=True, help_text=_("Warnings and reminders of the system go here.")
    )

    panels = [
        MultiFieldPanel(
            _panels("nickname", "nickname_en", "nickname_easy", "name", "name_en", "name_easy"), heading=_("Name")
        ),
        MultiFieldPanel(
            _panels("postal_code", "address", "address_en", "address_easy", "phone", "fax", "email", "facts_as_of"),
            heading=_("Address and contact"),
        ),
        MultiFieldPanel(_panels("hours", "hours_en", "hours_easy"), heading=_("Opening days and hours")),
        MultiFieldPanel(_panels("sender_name", "sender_email", "reply_to", "staff_email"), heading=_("Mail")),
        MultiFieldPanel(
            _panels("latitude", "longitude", "prefecture", "city", "city_code"), heading=_("Open data and map")
        ),
    ]

    class Meta:
        verbose_name = _("centre")

    def __str__(self) -> str:
        return self.name

    def worded(self, field: str, language: str | None = None) -> str:
        """Return a field in the asked (default: active) language, or the Japanese one where that is empty."""
        suffix = LOCALE_SUFFIXES.get(language or get_language() or "ja", "")
        return getattr(self, f"{field}{suffix}", "") or getattr(self, field)

    @property
    def local_name(self) -> str:
        return self.worded("name")

    @property
    def local_nickname(self) -> str:
        return self.worded("nickname")

    @property
    def local_address(self) -> str:
        return self.worded("address")

    @property
    def local_hours(self) -> str:
        return self.worded("hours")
