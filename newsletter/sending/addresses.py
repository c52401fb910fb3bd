"""E-mail addresses as they stand on the wire: in the envelope and in the To header."""

import re

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f.:IPv]+\]")


class UnmailableAddress(ValueError):
    """No relay can be given this address: not ASCII before the @, a control character, no domain."""


def wire_address(address: str) -> str:
    """`foo..bar@docomo.ne.jp` → `"foo..bar"@docomo.ne.jp`; what is a plain address already stays as it is.

    Carriers gave out addresses with dots where the standard has none (RFC 5321, 4.1.2); quoted, every relay takes
    them. A Japanese domain becomes its ASCII form. The answer is ASCII without spaces, line breaks or angle brackets
    outside quotes. Raises UnmailableAddress.
    """
    local, at, domain = address.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            raise UnmailableAddress(address) from None
    if not at or not local or not local.isascii() or not local.isprintable() or not _DOMAIN.fullmatch(domain):
        raise UnmailableAddress(address)
    if not _DOT_ATOM.fullmatch(local) and not _QUOTED.fullmatch(local):
        local = '"' + re.sub(r'(["\\])', r"\\\1", local) + '"'
    return f"{local}@{domain}"
