"""E-mail addresses as people type them, made alike; also those of mobile carriers that break the standard."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 254
"""Characters of a whole address. Source: RFC 5321, 4.5.3.1.3, less the angle brackets."""
MAX_LOCAL_LENGTH = 64
# Nothing longer is looked at: no address comes near it, whatever full-width or invisible characters it holds.
_MAX_TYPED_LENGTH = 2_000

CARRIER_DOMAINS = frozenset(
    {
        *("docomo.ne.jp", "ezweb.ne.jp", "au.com", "ido.ne.jp", "softbank.ne.jp", "i.softbank.jp", "disney.ne.jp"),
        *("vodafone.ne.jp", "willcom.com", "pdx.ne.jp"),
    }
)
"""Domains whose carriers gave out addresses with two dots in a row or a dot before the @ (until 2009, still in use)."""
_CARRIER_FAMILIES = re.compile(
    r"(?:[a-z0-9]+\.(?:ezweb|pdx)\.ne\.jp|[dhtcrknsq]\.vodafone\.ne\.jp|jp-[dhtcrknsq]\.ne\.jp)"
)

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LOCAL = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_CARRIER_LOCAL = re.compile(rf"{_ATEXT}(?:{_ATEXT}|\.)*")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    **dict.fromkeys((0x3002, 0xFF61), "."),  # 。 stands where a Japanese keyboard has the dot
}
_INVISIBLE = dict.fromkeys((0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

# "localhost" and numbers in brackets are no place where a reader has a mailbox.
_check_by_django = EmailValidator(allowlist=[])

MESSAGES = {
    "empty": _("Please write an e-mail address."),
    "space": _("There is a space or a line break inside the address. Please take it out."),
    "at": _("An e-mail address has one @ in it. Please check it."),
    "letters": _("Please write the address in half-width letters and figures."),
    "local": _("Please check the part before the @."),
    "domain": _("Please check the part after the @, for example example.ne.jp."),
    "long": _("This address is too long. Please check it."),
}


class NotAnAddress(ValidationError):
    """The text is no e-mail address that mail can go to. `code` is a key of MESSAGES, the message is for people."""

    def __init__(self, code: str) -> None:
        super().__init__(MESSAGES[code], code=code)


def normalise_address(raw: str) -> tuple[str, str]:
    """An address as typed → (the address to write to, the form in which two spellings of it are the same).

    Full width becomes half width, invisible characters and quotes go, the domain is in small letters and ASCII. The
    first part stays raw: `Foo..bar@docomo.ne.jp` is written as it is, and quoted only on the wire. The second part is
    all small letters. Both are ASCII without spaces or control characters, 254 at most, so that no header can be
    smuggled in. Dots in wrong places are taken for the carriers' domains only. Raises NotAnAddress.
    """
    if len(raw) > _MAX_TYPED_LENGTH:
        raise NotAnAddress("long")
    typed = raw.translate(_INVISIBLE).translate(_HALF_WIDTH).strip()
    if not typed:
        raise NotAnAddress("empty")
    if _CONTROL.search(typed) or any(character.isspace() for character in typed):
        raise NotAnAddress("space")
    local, at, domain = typed.rpartition("@")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = local[1:-1]
    if not at or "@" in local:
        raise NotAnAddress("at")
    if not local.isascii():
        raise NotAnAddress("letters")
    domain = _ascii_domain(domain)
    if len(local) > MAX_LOCAL_LENGTH or len(local) + 1 + len(domain) > MAX_LENGTH:
        raise NotAnAddress("long")
    shape = _CARRIER_LOCAL if is_carrier_domain(domain) else _LOCAL
    if not shape.fullmatch(local):
        raise NotAnAddress("local")
    try:
        _check_by_django(f"x@{domain}")
    except ValidationError:
        raise NotAnAddress("domain") from None
    email = f"{local}@{domain}"
    return email, email.lower()


def is_carrier_domain(domain: str) -> bool:
    """Whether a domain (small letters) belongs to a carrier that gave out addresses beside the standard."""
    return domain in CARRIER_DOMAINS or _CARRIER_FAMILIES.fullmatch(domain) is not None


def _ascii_domain(domain: str) -> str:
    """The domain in small letters, a Japanese one in its ASCII form (xn--…). Raises NotAnAddress."""
    try:
        plain = domain.lower() if domain.isascii() else domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise NotAnAddress("domain") from None
    if not plain or plain.startswith("["):
        raise NotAnAddress("domain")
    return plain


class AddressField(forms.CharField):
    """An e-mail address in a form. Its cleaned value is the address to write to, see `normalise_address`.

    Put `novalidate` on the form: browsers refuse a full-width ＠ that this field takes.
    """

    default_error_messages = {"required": MESSAGES["empty"]}

    def __init__(self, **kwargs) -> None:
        widget = forms.EmailInput(attrs={"class": "input", "autocomplete": "email", "inputmode": "email"})
        kwargs.setdefault("widget", widget)
        kwargs.setdefault("label", _("E-mail address"))
        super().__init__(**{"strip": True, **kwargs})

    def clean(self, value: str) -> str:
        typed = super().clean(value)
        return normalise_address(typed)[0] if typed else ""
