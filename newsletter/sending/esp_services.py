"""The mail services that can be used by their own interface (HTTP), and what each of them can do.

A service belongs here when it takes our mail as it is: text alone for who asked for it, our own List-Unsubscribe, an
answer that says of every recipient whether it was taken, reports that prove where they come from. So not: Brevo
(no mail without HTML), MailerSend (own headers only in its largest plan), SparkPost (does not say which recipients of
a batch it refused). Amazon SES and any other service that speaks SMTP are used that way: `smtp+tls://`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from newsletter.slots import TOKEN_SLOT

SVIX = "svix"
"""Signed as Resend does it; checked here, without a package."""
USUAL_BATCH = 50
LARGEST_BATCH = 500
USUAL_TIMEOUT = 30.0
LONGEST_TIMEOUT = 90.0
"""Seconds; shorter than a worker's lease, so that a slow answer still finds its mail."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class EspSettingsError(Exception):
    """EMAIL_URL or ESP_API_KEY are not enough to send by. The message says what is wrong, never the key."""


@dataclass(frozen=True)
class Service:
    """One mail service. The capabilities are those of its own documentation and of anymail's page on it.

    `merge_field`: what stands in a body for the personal token when one request carries a batch; "" where the service
    does not merge into bodies that come with the request: then each mail is a request of its own.
    `key_argument`: what anymail calls the key. `options`: what may stand in EMAIL_URL beside the common ones.
    `keeps_message_id`: our Message-ID arrives; `keeps_it_in_batch` also in a batch.
    `idempotency_header`: by which it recognises a request that it had before (for 24 hours).
    `is_away_with_503`: it documents that it takes nothing while it answers so.
    `switches_tracking`: open and click counts can be switched off for each mail; else they are a setting there.
    `signing`: how its reports are signed where that can be checked without a further package: the name of anymail's
    argument for the key, without which nothing of it is believed, or SVIX; else "".
    `account_codes`: its own numbers for trouble with the account rather than with a mail.
    `extra_headers`, `extra`: what every mail needs. `to_as_it_is`: how to say the recipient past anymail, which takes
    the quotes off carriers' addresses such as "foo..bar"@docomo.ne.jp.
    """

    scheme: str
    name: str
    backend: str
    webhook: str
    key_argument: str = "api_key"
    merge_field: str = ""
    merge_name: str = ""
    keeps_message_id: bool = True
    keeps_it_in_batch: bool = False
    idempotency_header: str = ""
    is_away_with_503: bool = False
    switches_tracking: bool = True
    signing: str = ""
    options: frozenset[str] = frozenset()
    account_codes: frozenset[int] = frozenset()
    extra_headers: dict[str, str] = field(default_factory=dict)
    extra: dict = field(default_factory=dict)
    to_as_it_is: Callable[[str], dict] = dict

    @property
    def always_signs(self) -> bool:
        """Whether name and password alone are not enough for its reports."""
        return self.signing not in ("", SVIX)


SERVICES = {
    one.scheme: one
    for one in (
        Service(
            scheme="postmark",
            name="Postmark",
            backend="anymail.backends.postmark.EmailBackend",
            webhook="anymail.webhooks.postmark.PostmarkTrackingWebhookView",
            key_argument="server_token",
            is_away_with_503=True,  # "planned service outages return this"
            options=frozenset({"stream"}),
            # maintenance, no such sender, no credits, account not approved: the next mail would meet the same
            account_codes=frozenset({10, 100, 400, 401, 405, 412, 413, 429}),
            extra_headers={"X-PM-KeepID": "true"},
            to_as_it_is=lambda address: {"To": address},
        ),
        Service(
            scheme="sendgrid",
            name="SendGrid",
            backend="anymail.backends.sendgrid.EmailBackend",
            webhook="anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
            merge_field=TOKEN_SLOT,  # substitutions replace any string
            merge_name=TOKEN_SLOT,
            keeps_it_in_batch=True,
            is_away_with_503=True,  # "the v3 Web API is not available"
            # its own footer and link to leave would stand beside ours
            extra={"merge_field_format": "{}", "tracking_settings": {"subscription_tracking": {"enable": False}}},
            to_as_it_is=lambda address: {"personalizations": {"to": [{"email": address}]}},
        ),
        Service(
            scheme="mailgun",
            name="Mailgun",
            backend="anymail.backends.mailgun.EmailBackend",
            webhook="anymail.webhooks.mailgun.MailgunTrackingWebhookView",
            merge_field="%recipient.token%",
            merge_name="token",
            signing="webhook_signing_key",
            options=frozenset({"domain"}),
            to_as_it_is=lambda address: {"to": [address]},
        ),
        Service(
            scheme="resend",
            name="Resend",
            backend="anymail.backends.resend.EmailBackend",
            webhook="anymail.webhooks.resend.ResendTrackingWebhookView",
            keeps_message_id=False,
            idempotency_header="Idempotency-Key",
            signing=SVIX,
            switches_tracking=False,
            to_as_it_is=lambda address: {"to": [address]},
        ),
    )
}


@dataclass(frozen=True)
class EspSettings:
    """What EMAIL_URL and ESP_API_KEY say about the service to use. `api` is "" for the service's usual address."""

    service: Service
    key: str = field(repr=False)
    batch: int = USUAL_BATCH
    timeout: float = USUAL_TIMEOUT
    api: str = ""
    options: dict[str, str] = field(default_factory=dict)


def service_in_use() -> Service | None:
    """The service that EMAIL_URL names; None where mail goes by SMTP or into files."""
    name, colon, _ = settings.EMAIL_URL.partition(":")
    return SERVICES.get(name.lower()) if colon else None


def webhooks_are_secured() -> bool:
    """Whether whoever sends a report has to prove that it is the service: by name and password, or by a signature."""
    service = service_in_use()
    if service is None:
        return False
    signs = bool(service.signing and settings.ESP_WEBHOOK_SIGNING_KEY)
    return signs or (bool(settings.ESP_WEBHOOK_SECRET) and not service.always_signs)


def webhooks_are_on() -> bool:
    """Whether reports of the service in use are taken, so that it is known what came back afterwards."""
    return service_in_use() is not None and settings.ESP_WEBHOOKS and webhooks_are_secured()


def esp_settings(url: str, *, key: str) -> EspSettings:
    """Read `sendgrid:`, `postmark:?stream=broadcast`, `mailgun:?domain=mg.city.example&api=https://…&batch=100`.

    Common options: `batch` (mails in one request, where the service merges), `timeout` (seconds), `api` (another
    address of the same interface, for example of its European computers; https, or http on this machine).
    Raises EspSettingsError.
    """
    parts = urlsplit(url)
    service = SERVICES[parts.scheme]
    if parts.netloc or parts.path:
        raise EspSettingsError(
            f"EMAIL_URL は「{service.scheme}:」の形です。鍵は ESP_API_KEY に入れてください（URLには書きません）。"
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = service.options | {"batch", "timeout", "api"}
    if unknown := sorted(set(options) - known):
        raise EspSettingsError(
            f"EMAIL_URL の「{'、'.join(unknown)}」は使えません。付けられるのは{'、'.join(sorted(known))}です。"
        )
    if not key:
        raise EspSettingsError(f"{service.name} の鍵がありません。ESP_API_KEY に入れてください。")
    return EspSettings(
        service=service,
        key=key,
        batch=int(_number("batch", options.pop("batch", USUAL_BATCH), most=LARGEST_BATCH)),
        timeout=_number("timeout", options.pop("timeout", USUAL_TIMEOUT), most=LONGEST_TIMEOUT),
        api=_api(options.pop("api", "")),
        options=options,
    )


def _number(name: str, typed: str | float, *, most: float) -> float:
    try:
        number = float(typed)
    except ValueError:
        number = 0.0
    if not 0 < number <= most or (name == "batch" and number != int(number)):
        raise EspSettingsError(f"EMAIL_URL の {name} は{most:.0f}以下の数です。")
    return number


def _api(url: str) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return url if url.endswith("/") else f"{url}/"
    raise EspSettingsError("EMAIL_URL の api は https:// の住所です（このパソコンの中だけは http:// も使えます）。")
