"""The small form by which a group asks for its link."""

from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from activities.notices.form_fields import EMPTY, LineField
from center.intake.guard import GuardedFormMixin


class LinkForm(GuardedFormMixin, forms.Form):
    """The group's name, or its e-mail address."""

    asked = LineField(
        label=_("Name of the group, or its e-mail address"),
        max_length=254,
        error_messages=EMPTY,
        help_text=_("Two letters of the name, and you can choose it."),
        widget=forms.TextInput(attrs={"list": "groups", "autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None = None, *, now: datetime, guard_phone: str = "", **kwargs) -> None:
        super().__init__(data, now=now, guard_phone=guard_phone, use_required_attribute=False, **kwargs)
