"""What is on display at the information stands, and until when."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from center.pages import SampleMixin


class StandDisplay(SampleMixin, models.Model):
    """One flyer or paper at one stand, from `put_up_on` to `take_down_on` (both included; no end: until staff say so).

    Ended ones are kept, and no longer shown to readers.
    """

    stand = models.ForeignKey(
        "activities.Stand", verbose_name=_("information stand"), on_delete=models.CASCADE, related_name="displays"
    )
    what = models.CharField(
        _("what is on display"), max_length=120, help_text=_("The title as it stands on the flyer.")
    )
    group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("group in the list"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Its page is linked."),
    )
    group_name = models.CharField(
        _("name of the group"), max_length=120, blank=True, help_text=_("When the group is not in the list.")
    )
    copies_count = models.PositiveIntegerField(_("copies put out"), default=0)
    put_up_on = models.DateField(_("put up on"))
    take_down_on = models.DateField(
        _("take down on"),
        null=True,
        blank=True,
        help_text=_("The last day. After it the page no longer shows it. Empty: until you fill it in."),
    )
    taken_down_on = models.DateField(_("really taken down on"), null=True, blank=True)
    copies_left = models.PositiveIntegerField(_("copies left"), null=True, blank=True)
    notice = models.ForeignKey(
        "activities.Notice",
        verbose_name=_("notice"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stand_displays",
        help_text=_("The notice with which the copies came, when there is one."),
    )

    panels = [
        FieldPanel("stand"),
        FieldPanel("what"),
        FieldRowPanel([FieldPanel("group"), FieldPanel("group_name")]),
        FieldRowPanel([FieldPanel("put_up_on"), FieldPanel("take_down_on"), FieldPanel("copies_count")]),
        FieldPanel("notice"),
        FieldPanel("is_sample"),
    ]

    class Meta:
        verbose_name = _("display at a stand")
        verbose_name_plural = _("displays at stands")
        ordering = ["-put_up_on", "-pk"]

    def __str__(self) -> str:
        return self.what

    def clean(self) -> None:
        if self.put_up_on and self.take_down_on and self.take_down_on < self.put_up_on:
            raise ValidationError({"take_down_on": _("This lies before the day it was put up. Please check the days.")})
