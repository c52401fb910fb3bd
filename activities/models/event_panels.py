"""How staff write an event: the panels in the order in which they think of it."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel

from activities.models.access import AccessMixin

FACT_PANELS = [
    InlinePanel(
        "sessions",
        heading=_("Dates"),
        label=_("session"),
        help_text=_("A course has one line for each time. An exhibition of several days is one line, all day."),
    ),
    MultiFieldPanel(
        [FieldPanel("state"), FieldPanel("has_new_dates"), FieldPanel("change_note")],
        heading=_("State"),
        help_text=_("Leave the page public when an event is cancelled: people who kept it find the word here."),
    ),
    MultiFieldPanel(
        [
            FieldPanel("place"),
            FieldRowPanel([FieldPanel("venue_name"), FieldPanel("venue_address")]),
            FieldPanel("area"),
            FieldRowPanel([FieldPanel("is_online"), FieldPanel("online_url")]),
        ],
        heading=_("Where"),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("is_free"), FieldPanel("fee")]),
            FieldRowPanel([FieldPanel("capacity"), FieldPanel("is_full")]),
            FieldRowPanel([FieldPanel("application_way"), FieldPanel("is_walk_in")]),
            FieldRowPanel([FieldPanel("apply_by_on"), FieldPanel("apply_by_time")]),
            FieldPanel("application_text"),
            FieldPanel("application_url"),
        ],
        heading=_("Fee and application"),
    ),
    MultiFieldPanel([FieldPanel("target"), FieldPanel("bring")], heading=_("For those who come")),
    *AccessMixin.access_panels,
    MultiFieldPanel(
        [
            FieldPanel("organiser_group"),
            FieldPanel("organiser_name"),
            FieldPanel("contact_name"),
            FieldRowPanel([FieldPanel("contact_phone"), FieldPanel("contact_email")]),
            FieldPanel("contact_url"),
        ],
        heading=_("Organiser and contact"),
    ),
    MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt"), FieldPanel("flyer")], heading=_("Image and flyer")),
]
"""When, whether as told, where, for how much and how, for whom, who, and what it looks like."""
