"""What the script of the form asks for while somebody writes: saving, one file at a time, places, the preview.

Nothing here is needed to send a notice; without the script the buttons of the form do the same.
"""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from activities.notices.drafts import draft_by_token, draft_path, files_of, save_draft, typed_of
from activities.notices.form_page import FormPage, options_at, saved_words, stale_words
from activities.notices.forms import NoticeForm
from activities.notices.limits import may_look
from activities.notices.places import places_like
from activities.notices.thumbnails import thumbnail
from activities.notices.tokens import token_of
from activities.notices.upload_drafts import UploadDraft
from activities.notices.upload_rows import kept_uploads, take_uploads
from activities.notices.views import begin_draft, client_of, mail_the_link, preview_of, private, version_of
from center.opening import tokyo_date

PLACES_KEPT = timedelta(minutes=10)


def _page(request: HttpRequest) -> FormPage:
    """The form as it was posted, with its draft; its files are not touched."""
    now = timezone.now()
    token = request.POST.get("resume", "")
    draft = draft_by_token(token, now=now) if token else None
    uploads = UploadDraft.of(request.POST.get("draft", "")) if draft is None else files_of(draft)
    alts = [request.POST.get(f"alt{number}", "")[:250] for number in range(1, len(uploads.files) + 1)]
    return FormPage(
        NoticeForm(**options_at(now)),
        now,
        uploads=kept_uploads(uploads, alts),
        submission=request.POST.get("submission", ""),
        draft=draft,
        token=token if draft else "",
    )


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the form as it stands; begins a draft where there is none. Says what was understood of days and numbers."""
    page = _page(request)
    is_stale = False
    if page.draft and page.draft.notice:
        return private(JsonResponse({"sent": reverse("notices:status", args=[token_of(page.draft.notice)])}))
    if page.draft:
        saved = save_draft(draft=page.draft, typed=typed_of(request.POST), version=version_of(request), now=page.now)
        page.draft, is_stale = saved.draft, saved.is_stale
    else:
        begin_draft(page, request)
    if page.draft is None:
        return private(JsonResponse({"warned": page.warned}, status=429))
    told = {
        "token": page.token,
        "path": draft_path(page.token),
        "version": page.draft.version,
        "files": page.uploads.draft.key,
        "said": saved_words(page.draft),
        "warned": [stale_words()] if is_stale else [],
        "understood": _understood(request),
    }
    if "mail_link" in request.POST:
        words, is_good = mail_the_link(request, page)
        told["mailed"] = {"words": words, "ok": is_good}
    return private(JsonResponse(told))


def _understood(request: HttpRequest) -> dict[str, str]:
    form = NoticeForm(request.POST, **options_at(timezone.now()))
    form.is_valid()
    return form.understood()


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """One file, cleaned and kept at once, or one taken out again; answers the rows of the files as HTML."""
    now = timezone.now()
    token = request.POST.get("resume", "")
    draft = draft_by_token(token, now=now) if token else None
    uploads = take_uploads(request, today=tokyo_date(now), draft=files_of(draft) if draft else None)
    html = render_to_string("notices/parts/uploads.html", {"uploads": uploads}, request)
    refused = [f"{row.refused_name}：{row.message}" for row in uploads.faults]
    told = {"html": html, "files": uploads.draft.key, "has_images": uploads.has_images, "refused": refused}
    return private(JsonResponse(told | {"count": len(uploads.kept)}))


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The page to be, as a document for a frame."""
    page = _page(request)
    bound = NoticeForm(request.POST, **options_at(page.now))
    document = preview_of(request, bound, page)
    return private(HttpResponse(document, status=200 if document else 429))


@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """Facilities of the city that fit what was typed."""
    if not may_look(client_of(request), on=tokyo_date(timezone.now())):
        return private(JsonResponse({"places": []}, status=429))
    response = JsonResponse({"places": places_like(request.GET.get("q", "")[:60])})
    response.headers["Cache-Control"] = f"private, max-age={int(PLACES_KEPT.total_seconds())}"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_GET
def file(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """A small picture of a kept file, for whoever has the form that it came with."""
    found = UploadDraft.of(key).content_of(name)
    if found is None or found[1].kind != "image":
        raise Http404
    response = private(HttpResponse(thumbnail(found[0]), content_type="image/jpeg"))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
