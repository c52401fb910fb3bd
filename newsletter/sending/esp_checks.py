"""System checks of a mail service's settings (`manage.py check`, and before every start)."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.urls import reverse

from newsletter.sending.esp_services import (
    EspSettingsError,
    Service,
    esp_settings,
    service_in_use,
    webhooks_are_secured,
)

SHORTEST_SECRET = 20
"""Characters of name and password together: nobody guesses them."""


@register("mail")
def check_mail_service(app_configs, **kwargs) -> list[CheckMessage]:
    """Whether a service can be used as EMAIL_URL says, and whether its reports prove where they come from."""
    service = service_in_use()
    if service is None:
        return []
    found: list[CheckMessage] = []
    try:
        esp_settings(settings.EMAIL_URL, key=settings.ESP_API_KEY)
    except EspSettingsError as error:
        found.append(Error(str(error), id="newsletter.E001"))
    secret = settings.ESP_WEBHOOK_SECRET
    if secret and (":" not in secret or len(secret) < SHORTEST_SECRET):
        found.append(
            Error(
                f"ESP_WEBHOOK_SECRET は「名前:合言葉」の形で、合わせて{SHORTEST_SECRET}文字以上にしてください。",
                id="newsletter.E003",
            )
        )
    if not settings.ESP_WEBHOOKS:
        found.append(
            Warning(
                f"{service.name} からの知らせを受け取っていません。あとから戻ってきたメール（不達）は分かりません。",
                hint=f"{_keys(service)} を決め、{service.name} に {_address(service)} を登録します。",
                id="newsletter.W001",
            )
        )
    elif not webhooks_are_secured():
        found.append(
            Error(
                f"ESP_WEBHOOKS が入っていますが、{service.name} からの知らせだと確かめる鍵がありません。",
                hint=f"{_keys(service)} を決めてください。決めるまで、知らせは受け取りません。",
                id="newsletter.E002",
            )
        )
    return found


def _address(service: Service) -> str:
    """Where the service reports to."""
    return settings.SITE_URL + reverse("esp-reports", args=[service.scheme])


def _keys(service: Service) -> str:
    """What proves where a report comes from."""
    if service.always_signs:
        return "ESP_WEBHOOK_SIGNING_KEY"
    return "ESP_WEBHOOK_SECRET か ESP_WEBHOOK_SIGNING_KEY" if service.signing else "ESP_WEBHOOK_SECRET"
