"""Whether one can come in a wheelchair, with a hearing loss, with children: choices to search by."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel


class Access(models.TextChoices):
    """What is known; nothing chosen means that nobody has made sure yet."""

    YES = "yes", pgettext_lazy("access", "yes")
    ASK = "ask", pgettext_lazy("access", "ask beforehand")
    NO = "no", pgettext_lazy("access", "no")


ACCESSIBLE = (Access.YES, Access.ASK)
"""Who searches by a condition finds these; an unknown one is never promised."""

ACCESS_WORDS = {
    "wheelchair": {
        Access.YES: _("One can come in a wheelchair"),
        Access.ASK: _("Please ask beforehand about wheelchairs"),
        Access.NO: _("One cannot come in a wheelchair"),
    },
    "hearing": {
        Access.YES: _("There is help with hearing"),
        Access.ASK: _("Please ask beforehand about help with hearing"),
        Access.NO: _("There is no help with hearing"),
    },
    "children": {
        Access.YES: _("One can come with children"),
        Access.ASK: _("Please ask beforehand about children"),
        Access.NO: _("One cannot come with children"),
    },
}


@dataclass(frozen=True)
class AccessRow:
    """One line of what helps people to come: its name, what was chosen in words, and the words beside it."""

    label: str
    choice: str
    words: str
    text: str


def _choice(label: str) -> models.CharField:
    return models.CharField(label, max_length=3, choices=Access.choices, blank=True)


class AccessMixin(models.Model):
    """Four things that people want to know before they leave home. Unknown stays unknown."""

    wheelchair_access = _choice(_("wheelchair: can one come?"))
    wheelchair = models.CharField(
        _("wheelchair"),
        max_length=200,
        blank=True,
        help_text=_("For example: a ramp at the door, a wide toilet."),
    )
    hearing_access = _choice(_("hearing: is there help?"))
    hearing = models.CharField(
        _("hearing"), max_length=200, blank=True, help_text=_("For example: sign language, written summary, loop.")
    )
    children_access = _choice(_("children: can one bring them?"))
    children = models.CharField(
        _("with children"),
        max_length=200,
        blank=True,
        help_text=_("For example: a room for nursing, a corner to play, day nursery by application."),
    )
    parking = models.CharField(
        _("parking"), max_length=200, blank=True, help_text=_("For example: 20 cars, free; none, please come by bus.")
    )

    access_panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("wheelchair_access"), FieldPanel("wheelchair")]),
                FieldRowPanel([FieldPanel("hearing_access"), FieldPanel("hearing")]),
                FieldRowPanel([FieldPanel("children_access"), FieldPanel("children")]),
                FieldPanel("parking"),
            ],
            heading=_("To come without worry"),
            help_text=_(
                "Choose only what you have made sure of. What is left open is shown as unknown, and nobody finds the "
                "event by it."
            ),
        )
    ]

    class Meta:
        abstract = True

    @property
    def access_rows(self) -> list[AccessRow]:
        """Wheelchair, hearing, children, parking, in this order; an unknown one has neither choice nor text."""
        labels = {
            "wheelchair": pgettext_lazy("fact", "Wheelchair"),
            "hearing": pgettext_lazy("fact", "Hearing"),
            "children": pgettext_lazy("fact", "With children"),
        }
        rows = []
        for name, label in labels.items():
            choice = getattr(self, f"{name}_access")
            words = ACCESS_WORDS[name].get(choice, "")
            rows.append(AccessRow(str(label), choice, str(words), getattr(self, name)))
        return [*rows, AccessRow(str(pgettext_lazy("fact", "Parking")), "", "", self.parking)]
