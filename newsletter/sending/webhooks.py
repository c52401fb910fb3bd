"""Where a mail service reports what became of a mail. anymail checks and reads, `events` draws the consequences."""

import base64
import hashlib
import hmac
import logging
import warnings
from datetime import UTC, datetime

from anymail.exceptions import (
    AnymailInsecureWebhookWarning,
    AnymailNotSupportedWarning,
    AnymailWebhookValidationFailure,
)
from anymail.signals import AnymailTrackingEvent
from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from center.intake.addresses import NotAnAddress, normalise_address
from center.models import OutgoingMail
from newsletter.sending.esp_services import SERVICES, SVIX, Service, service_in_use, webhooks_are_on
from newsletter.sending.events import record_event
from newsletter.sending.webhook_kinds import dedupe_key, kind_of

logger = logging.getLogger(__name__)
warnings.filterwarnings("ignore", category=AnymailInsecureWebhookWarning)  # nothing is taken without a proof
warnings.filterwarnings("ignore", category=AnymailNotSupportedWarning)  # the documentation says so instead

OLDEST_SIGNATURE = 300
"""Seconds; what was signed longer ago is somebody's copy. Source: the Standard Webhooks specification."""
AT_ONCE = 50
"""Reports in one commit; a service may send a thousand in one request."""
LONGEST_NUMBER = 18
"""Figures of a row's number."""


@csrf_exempt
@never_cache
@require_http_methods(["HEAD", "POST"])
def take_reports(request: HttpRequest, scheme: str) -> HttpResponse:
    """Take what the service in use reports; a repeated report changes nothing.

    404 while reports are not taken, 403 without the right proof, 400 for what cannot be read, 503 while the database
    is away (services then come again).
    """
    service = SERVICES.get(scheme)
    if service is None or service is not service_in_use() or not webhooks_are_on():
        raise Http404
    if request.method == "HEAD":  # some services look whether anybody is there
        return HttpResponse()
    try:
        view = _anymail_view(service)
        _check_signature(request, service)
        view.run_validators(request)
    except Exception as error:  # a stranger's words may break the check itself
        logger.warning("a report that does not come from %s was turned away: %s", service.name, type(error).__name__)
        return HttpResponse("forbidden\n", status=403, content_type="text/plain")
    try:
        events = view.parse_events(request)
        reports = [_report(event, scheme) for event in events]
    except Exception as error:  # whatever a stranger's words do to the reader
        logger.warning("a report of %s cannot be read: %s", service.name, type(error).__name__)
        return HttpResponse("not readable\n", status=400, content_type="text/plain")
    try:
        _record(list(filter(None, reports)))
    except DatabaseError:
        logger.exception("a report of %s could not be kept", service.name)
        return HttpResponse("try again\n", status=503, content_type="text/plain")
    return HttpResponse()


def _record(reports: list[dict]) -> None:
    """Keep the reports, some in one commit. Their order means nothing, so that of their rows keeps locks in line."""
    reports.sort(key=lambda report: report["delivery_id"] or 0)
    for start in range(0, len(reports), AT_ONCE):
        with transaction.atomic():
            for report in reports[start : start + AT_ONCE]:
                record_event(**report, now=timezone.now())


def _anymail_view(service: Service):
    options = {"webhook_secret": [settings.ESP_WEBHOOK_SECRET] if settings.ESP_WEBHOOK_SECRET else []}
    if service.always_signs:
        options[service.signing] = settings.ESP_WEBHOOK_SIGNING_KEY
    return import_string(service.webhook)(**options)


def _check_signature(request: HttpRequest, service: Service) -> None:
    """Standard Webhooks, as Resend signs: HMAC-SHA256 of id, moment and body."""
    if service.signing != SVIX or not settings.ESP_WEBHOOK_SIGNING_KEY:
        return
    moment = request.headers.get("svix-timestamp", "")
    if not moment.isdigit() or abs(timezone.now().timestamp() - int(moment[:12])) > OLDEST_SIGNATURE:
        raise AnymailWebhookValidationFailure("old or missing moment")
    key = base64.b64decode(settings.ESP_WEBHOOK_SIGNING_KEY.removeprefix("whsec_"))
    signed = f"{request.headers.get('svix-id', '')}.{moment}.".encode() + request.body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = request.headers.get("svix-signature", "").split()
    if not any(constant_time_compare(one, expected) for one in given):
        raise AnymailWebhookValidationFailure("wrong signature")


def _report(event: AnymailTrackingEvent, scheme: str) -> dict | None:
    """The arguments of `record_event`; None for a report that changes nothing."""
    kind = kind_of(event, scheme)
    if kind is None:
        return None
    delivery_id, message_id = _row_of(event)
    now = timezone.now()
    at = event.timestamp if isinstance(event.timestamp, datetime) else now
    return {
        "kind": kind,
        "delivery_id": delivery_id,
        "message_id": message_id,
        "email": str(event.recipient or ""),
        "at": min(at if timezone.is_aware(at) else at.replace(tzinfo=UTC), now),
        "dedupe_key": dedupe_key(event, kind, scheme),
        "detail": {
            "service": scheme,
            "reason": event.reject_reason,
            "words": event.mta_response or event.description,
        },
    }


def _row_of(event: AnymailTrackingEvent) -> tuple[int | None, str]:
    """The delivery's number, or the Message-ID of a single mail, as they were given along with the mail.

    A mail without either is not ours: another system may use the same account. Its Message-ID finds nothing here.
    """
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    if delivery_id := _number(metadata.get("delivery")):
        return delivery_id, ""
    if mail_id := _number(metadata.get("mail")):
        mail = OutgoingMail.objects.filter(pk=mail_id).first()
        if mail and _is_same(mail.to, event.recipient):
            return None, mail.message_id
    return None, f"<{_printable(event.message_id)}>"


def _printable(message_id: object) -> str:
    """A Message-ID without what no Message-ID holds; "-" where there is none."""
    return "".join(character for character in str(message_id or "") if character.isprintable()).strip("<> ") or "-"


def _number(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def _is_same(address: str, reported: object) -> bool:
    try:
        return normalise_address(address)[1] == normalise_address(str(reported or ""))[1]
    except NotAnAddress:
        return False
