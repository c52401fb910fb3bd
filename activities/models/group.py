"""Activity groups."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from activities import group_directory, page_checks
from activities.models.measure import measure_panels
from center.japanese.kana import kana_key, kana_row
from center.pages import BodyMixin, GatedMixin, SampleMixin, SummaryMixin
from center.translations import synchronised


class GroupKind(models.TextChoices):
    """What a group is by law or habit."""

    NPO = "npo", _("NPO corporation")
    VOLUNTARY = "voluntary", _("voluntary group")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood association")
    COMPANY = "company", _("company")
    INDIVIDUAL = "individual", _("individual")
    OTHER = "other", _("other")


class GroupPage(SampleMixin, SummaryMixin, BodyMixin, GatedMixin, Page):
    """One group that is active in the city, as citizens see it."""

    kana = models.CharField(
        _("reading"), max_length=160, blank=True, help_text=_("In hiragana; the list is in this order.")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=GroupKind.choices, default=GroupKind.VOLUNTARY)
    activity_fields = ParentalManyToManyField(
        "activities.ActivityField", verbose_name=_("fields of activity"), blank=True, related_name="groups"
    )
    areas = ParentalManyToManyField("activities.Area", verbose_name=_("areas"), blank=True, related_name="groups")
    activity_days = models.CharField(
        _("days of activity"), max_length=120, blank=True, help_text=_("For example: every second Saturday, 9 to 11.")
    )
    activity_place = models.CharField(_("where they meet"), max_length=120, blank=True)
    founded_year = models.PositiveSmallIntegerField(
        _("founded in"), null=True, blank=True, help_text=_("The year with four figures, for example 2009.")
    )
    member_count = models.PositiveIntegerField(_("members"), null=True, blank=True)
    members_as_of_on = models.DateField(_("members counted on"), null=True, blank=True)
    membership_fee = models.CharField(
        _("membership fee"),
        max_length=120,
        blank=True,
        help_text=_("Left empty, the page says that it is unconfirmed."),
    )
    is_recruiting = models.BooleanField(_("looks for members"), default=False)
    recruiting_text = models.TextField(_("whom they look for"), blank=True)
    recruiting_until_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("After this day the site no longer says that they look.")
    )
    image = models.ForeignKey(
        "center.CentreImage",
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    notice_email = models.EmailField(
        _("e-mail for notices"), blank=True, help_text=_("Never shown. Links to the form for this group go here.")
    )
    is_trusted = models.BooleanField(_("trusted group"), default=False)
    last_confirmed_on = models.DateField(
        _("last confirmed on"),
        null=True,
        blank=True,
        help_text=_("The day on which the group said that the page is right. Older than a year, the page says so."),
    )
    kana_key = models.CharField(max_length=320, blank=True, editable=False, db_index=True)
    kana_row = models.CharField(max_length=1, blank=True, editable=False, db_index=True)

    override_translatable_fields = synchronised("kana")
    content_checks = (page_checks.no_public_contact, page_checks.no_reading, page_checks.recruiting_without_words)
    parent_page_types = ["activities.GroupIndexPage"]
    subpage_types: list[str] = []
    page_description = _("One group: what it does, how to reach it, whether it looks for members.")
    content_panels = [
        *Page.content_panels,
        FieldPanel("kana"),
        *SummaryMixin.summary_panels,
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("activity_fields"),
                FieldPanel("areas"),
                FieldRowPanel([FieldPanel("activity_days"), FieldPanel("activity_place")]),
                FieldRowPanel([FieldPanel("founded_year"), FieldPanel("membership_fee")]),
                FieldRowPanel([FieldPanel("member_count"), FieldPanel("members_as_of_on")]),
            ],
            heading=_("About the group"),
        ),
        MultiFieldPanel(
            [FieldPanel("is_recruiting"), FieldPanel("recruiting_text"), FieldPanel("recruiting_until_on")],
            heading=_("Looking for members"),
        ),
        InlinePanel(
            "contacts",
            heading=_("Contacts"),
            label=_("contact"),
            help_text=_("Only what the group lets everybody see is shown; all else stays with the centre."),
        ),
        FieldPanel("image"),
        *BodyMixin.body_panels,
        *measure_panels,
        MultiFieldPanel(
            [
                FieldPanel("notice_email"),
                FieldPanel("is_trusted"),
                FieldPanel("last_confirmed_on"),
                FieldPanel("is_sample"),
            ],
            heading=_("For the centre"),
        ),
    ]
    search_fields = [
        *Page.search_fields,
        *SummaryMixin.summary_search_fields,
        *BodyMixin.body_search_fields,
        index.SearchField("kana"),
        index.SearchField("recruiting_text"),
        index.FilterField("kind"),
        index.FilterField("is_recruiting"),
    ]

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def save(self, *args, **kwargs) -> None:
        # what the list is sorted and found by, kept beside the reading because no database knows the order of kana
        self.kana_key = kana_key(self.kana, self.title)
        self.kana_row = kana_row(self.kana_key)
        super().save(*args, **kwargs)

    def is_recruiting_on(self, day: date) -> bool:
        """Does it look for members on that day?"""
        return self.is_recruiting and (self.recruiting_until_on is None or self.recruiting_until_on >= day)

    def public_contacts(self) -> list["GroupContact"]:
        """The contacts that the group lets everybody see, in its order."""
        return [contact for contact in self.contacts.all() if contact.publicity == GroupContact.Publicity.PUBLIC]

    def get_context(self, request, *args, **kwargs) -> dict:
        return super().get_context(request, *args, **kwargs) | group_directory.group_detail(self, request)


class GroupContact(Orderable):
    """One way to reach a group, with its own publicity."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        FAX = "fax", _("FAX")
        EMAIL = "email", _("e-mail")
        WEB = "web", _("web site")
        SOCIAL = "social", _("social media")
        ADDRESS = "address", _("address")
        PERSON = "person", _("contact person")

    class Publicity(models.TextChoices):
        PUBLIC = "public", _("everybody")
        CENTRE = "centre", _("the centre only")

    page = ParentalKey(GroupPage, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(_("contact"), max_length=300)
    note = models.CharField(_("note"), max_length=120, blank=True)
    publicity = models.CharField(_("who may see it"), max_length=8, choices=Publicity.choices, default=Publicity.CENTRE)

    panels = [FieldRowPanel([FieldPanel("kind"), FieldPanel("publicity")]), FieldPanel("value"), FieldPanel("note")]

    class Meta(Orderable.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
