"""The public addresses of contacts about posts and of requests for consultations. Nothing here goes to the poster."""

from datetime import datetime

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from activities import details, match_queries, match_stages, service_queries
from activities.inquiries.forms import ConsultationForm, ContactForm, PublicForm
from activities.inquiries.receiving import PostNotOpen, receive_consultation, receive_contact
from activities.models import Channel, Consultation, ConsultationKind, MatchContact, MatchPage, MatchStage
from activities.notices.forms import new_submission, read_submission
from activities.notices.views import private
from center.opening import tokyo_date
from center.queries import centre_settings
from center.visibility import publicly_visible

SENT_SALT = "activities.inquiry.sent"
SENT_LIFE_SECONDS = 2 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for an answer to a post. A post that takes no answers says why."""
    now = timezone.now()
    post = match_queries.public_post(pk, now=now)
    if post is None:
        raise Http404
    submission = request.POST.get("submission", "")
    if request.method == "POST" and (sent := _sent_before(MatchContact, submission)):
        return _to_sent("match-contact-sent", sent.number)
    stage = post.stage_on(tokyo_date(now))
    if stage != MatchStage.OPEN:
        return _closed(request, post, stage, now=now)
    form = ContactForm(request.POST if request.method == "POST" else None, now=now, guard_phone=_phone())
    if not form.is_valid():
        return _form_page(request, "matching/contact.html", form, submission, _post_context(post, now=now))
    try:
        row = receive_contact(
            post=post,
            data=form.inquiry_data() | {"language": get_language()},
            now=now,
            submission_key=read_submission(submission),
        )
    except PostNotOpen as error:  # closed while the form was filled in
        return _closed(request, post, error.stage, now=now)
    return _to_sent("match-contact-sent", row.number)


def _post_context(post: MatchPage, *, now: datetime) -> dict:
    visible = publicly_visible(now=now)
    group = details.public_version(post.group, post.locale.language_code, visible)
    return {"post": post, "group": group, "today": tokyo_date(now)}


def _closed(request: HttpRequest, post: MatchPage, stage: MatchStage, *, now: datetime) -> HttpResponse:
    context = _post_context(post, now=now) | {
        "stage": stage,
        "tone": match_stages.TONES[stage],
        "why": match_stages.sentence(stage, post),
        "suggested": match_queries.suggested(post, now=now),
    }
    return private(render(request, "matching/closed.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def consultation(request: HttpRequest) -> HttpResponse:
    """The request for a consultation; `?kind=` chooses the service beforehand."""
    now = timezone.now()
    submission = request.POST.get("submission", "")
    if request.method == "POST" and (sent := _sent_before(Consultation, submission)):
        return _to_sent("consultation-sent", sent.number)
    asked = request.GET.get("kind", "")
    initial = {"kind": asked} if asked in ConsultationKind.values else {}
    form = ConsultationForm(
        request.POST if request.method == "POST" else None, now=now, guard_phone=_phone(), initial=initial
    )
    known = service_queries.services_known()
    kind = str(form["kind"].value() or "")
    if kind in known and known[kind].makes_visits == "yes":
        form.offer_visits()
    if not form.is_valid():
        context = {"visits_unknown": service_queries.are_visits_unknown(known), "service": known.get(kind)}
        return _form_page(request, "consultations/request.html", form, submission, context)
    row = receive_consultation(
        data=form.inquiry_data() | {"language": get_language()},
        channel=Channel.FORM,
        received_at=now,
        now=now,
        submission_key=read_submission(submission),
    )
    return _to_sent("consultation-sent", row.number)


@require_GET
def contact_sent(request: HttpRequest, signed: str) -> HttpResponse:
    """What happens next, with the number."""
    return private(render(request, "matching/sent.html", {"number": _number_in(signed)}))


@require_GET
def consultation_sent(request: HttpRequest, signed: str) -> HttpResponse:
    """What happens next, with the number."""
    return private(render(request, "consultations/sent.html", {"number": _number_in(signed)}))


def _form_page(request: HttpRequest, template: str, form: PublicForm, submission: str, context: dict) -> HttpResponse:
    if read_submission(submission) is None:
        submission = new_submission()
    has_faults = form.is_bound and bool(form.errors)
    response = render(request, template, {"form": form, "submission": submission, "has_faults": has_faults, **context})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _sent_before(model: type[MatchContact] | type[Consultation], submission: str) -> MatchContact | Consultation | None:
    """The row that this very form has made already: whoever presses twice sees the same number again."""
    key = read_submission(submission)
    return model.objects.filter(submission_key=key).first() if key else None


def _to_sent(name: str, number: str) -> HttpResponse:
    return redirect(name, signed=signing.dumps(number, salt=SENT_SALT, compress=False))


def _number_in(signed: str) -> str:
    """The number in the address; '' where it is too old or was changed: the page says what happens all the same."""
    try:
        number = signing.loads(signed, salt=SENT_SALT, max_age=SENT_LIFE_SECONDS)
    except signing.BadSignature:
        return ""
    return number if isinstance(number, str) else ""


def _phone() -> str:
    return centre_settings().phone
