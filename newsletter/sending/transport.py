"""Which relay the mail goes to: the seam that the engine knows, and the choice by EMAIL_URL."""

from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from newsletter.sending.esp import EspTransport
from newsletter.sending.esp_services import SERVICES, EspSettingsError, esp_settings
from newsletter.sending.files import FileTransport
from newsletter.sending.lanes import Letter
from newsletter.sending.outcomes import Outcome
from newsletter.sending.smtp import SmtpAddress, SmtpTransport

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LONGEST_TIMEOUT = 600.0


class Transport(Protocol):
    """Something that takes messages, one recipient each. `is_paced` says whether the limit of mails a minute holds."""

    is_paced: bool

    def open(self) -> None:
        """Get ready. May be left out: `deliver` does it when it is needed."""

    def deliver(
        self,
        letters: Sequence[Letter],
        *,
        offered: Callable[[Letter], bool],
        settled: Callable[[Letter, Outcome], None],
    ) -> None:
        """Hand the letters over, in order.

        `offered` is asked right before a letter's body may leave this machine; where it says no, nothing of it leaves
        and nothing is said of it. `settled` is told once a letter's fate is known; also without `offered`, where the
        relay turned it down before it wanted the body. When the relay cannot be talked to (`is_about_the_relay`) the
        rest is left alone. What the relay does never raises.
        """

    def close(self) -> None:
        """Let go; a later `deliver` opens again."""


class MailSettingsError(Exception):
    """EMAIL_URL is not an address that mail can be sent by. The message says what is wrong, never the password."""


def transport_from_settings() -> Transport:
    """The relay that EMAIL_URL names: `smtp://`, `smtp+tls://` (STARTTLS), `smtps://`, a mail service, or files.

    `smtp+tls://user:password@relay.example:587?timeout=30`. Empty and `filemail:` write into OUTBOX_DIR,
    `filemail:///folder` into that folder. Raises MailSettingsError.
    """
    return transport_from_url(settings.EMAIL_URL)


def transport_from_url(url: str) -> Transport:
    """As `transport_from_settings`, for a given address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailSettingsError("EMAIL_URL のホストかポートが読めません。") from None
    if not url or parts.scheme == "filemail":
        return FileTransport(unquote(parts.path))
    if parts.scheme in SERVICES:
        try:
            return EspTransport(esp_settings(url, key=settings.ESP_API_KEY))
        except EspSettingsError as error:
            raise MailSettingsError(str(error)) from None
    if parts.scheme not in PORTS:
        raise MailSettingsError(
            f"EMAIL_URL の「{parts.scheme}」は使えません。smtp://、smtp+tls://、smtps://、filemail: か、"
            f"メールサービスの {'、'.join(f'{name}:' for name in SERVICES)} のどれかです。"
        )
    if not parts.hostname:
        raise MailSettingsError("EMAIL_URL にホストがありません。")
    address = SmtpAddress(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+tls",
        implicit_tls=parts.scheme == "smtps",
        timeout=_timeout(parts.query),
    )
    return SmtpTransport(address, ehlo_name=_ehlo_name(settings.MAIL_DOMAIN))


def _ehlo_name(domain: str) -> str:
    """A number is said in brackets. Source: RFC 5321, 4.1.3."""
    try:
        number = ip_address(domain)
    except ValueError:
        return domain
    return f"[{number}]" if number.version == 4 else f"[IPv6:{number}]"


def _timeout(query: str) -> float:
    options = dict(parse_qsl(query, keep_blank_values=True))
    typed = options.pop("timeout", "30")
    if options:
        raise MailSettingsError(f"EMAIL_URL の「{'、'.join(options)}」は使えません。付けられるのは timeout だけです。")
    try:
        seconds = float(typed)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise MailSettingsError(f"EMAIL_URL の timeout は{LONGEST_TIMEOUT:.0f}以下の秒数です。")
    return seconds
