"""Fields of the notice forms: plain text, and phones, numbers and addresses in whatever width they are typed."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.notices.day_forms import plain
from center.japanese.characters import NotAPhoneNumber, normalise_phone

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\ufeff]")


class PlainField(forms.CharField):
    """Plain text as it was typed, composed (NFC), without characters that nobody sees."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        return _UNSEEN.sub("", text).strip() if self.strip else _UNSEEN.sub("", text)


class LineField(PlainField):
    """Plain text on one line."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"\s+", " ", super().to_python(value)).strip()


class PhoneField(forms.CharField):
    """A phone number in any width, with hyphens or without; cleaned to 024-924-3352."""

    def __init__(self, **kwargs) -> None:
        attrs = {"autocomplete": "tel", "inputmode": "tel", "type": "tel"}
        super().__init__(**{"max_length": 40, "widget": forms.TextInput(attrs=attrs), **kwargs})

    def clean(self, value: str) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return normalise_phone(typed)
        except NotAPhoneNumber:
            raise ValidationError(_("Please write the phone number in figures, like 024-924-3352.")) from None


class WholeField(forms.CharField):
    """A whole number of 0 or more, in any width, with or without commas and a unit (30名, 300,000円, 30万円)."""

    def __init__(self, *, most: int, **kwargs) -> None:
        self.most = most
        super().__init__(**{"max_length": 20, "widget": forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs})

    def clean(self, value: str) -> int | None:
        typed = plain(super().clean(value)).replace(",", "").replace(" ", "")
        if not typed:
            return None
        found = re.fullmatch(r"(\d+)(万)?(?:円|名|人|枚|部)?(?:まで)?", typed)
        number = int(found[1]) * (10_000 if found[2] else 1) if found else None
        if number is None or number > self.most:
            raise ValidationError(_("Please write a whole number."))
        return number


class WebField(forms.CharField):
    """The address of a web page; http and https only, which may be left out."""

    def __init__(self, **kwargs) -> None:
        attrs = {"inputmode": "url", "autocomplete": "url"}
        super().__init__(**{"max_length": 200, "widget": forms.TextInput(attrs=attrs), **kwargs})
        self.address = forms.URLField(assume_scheme="https", required=False)

    def clean(self, value: str) -> str:
        typed = plain(super().clean(value))
        try:
            address = self.address.clean(typed)
        except ValidationError:
            address = None
        if address is None or (address and not address.startswith(("http://", "https://"))):
            raise ValidationError(_("Please write the address of the page like https://www.example.jp/."))
        return address


EMPTY = {"required": _("This is empty. Please write it.")}
UNCHOSEN = {"required": _("Please choose one."), "invalid_choice": _("Please choose one.")}
