"""The public form of notices. The status page that its receipt links to is in status_views.py; what the script of the
form asks for is in form_calls.py.
"""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from activities import services
from activities.kinds import NoticeKind
from activities.models import Channel, MatchDirection, Notice, NoticeDraft
from activities.notices.drafts import (
    FORM,
    as_posted,
    draft_by_token,
    draft_path,
    files_of,
    forget_group,
    mail_link,
    mark_sent,
    save_draft,
    start_draft,
    typed_of,
)
from activities.notices.form_page import FormPage, notice_of, options_at, saved_words, stale_words
from activities.notices.forms import NoticeForm, new_submission, read_submission
from activities.notices.limits import may_ask_for_mail, may_look, may_start_draft, reason_to_hold
from activities.notices.preview import preview_document
from activities.notices.queries import page_about
from activities.notices.tokens import token_of
from activities.notices.upload_rows import kept_uploads, take_uploads
from center.intake.guard import TRAP_FIELD
from center.opening import tokyo_date

REFILL = ("add", "remove", "drop", "keep", "narrow", "save", "mail_link", "preview", "other_group")
"""Buttons that do something with the form without sending it."""
MOST_ALTS = 9


def private(response: HttpResponse) -> HttpResponse:
    """Never stored, never indexed, and its address never told to another site."""
    add_never_cache_headers(response)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def client_of(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")


@require_http_methods(["GET", "HEAD", "POST"])
def new_notice(request: HttpRequest) -> HttpResponse:
    """The form, on one page. Everything typed and every file that could be used survives each error."""
    now = timezone.now()
    if request.method == "POST":
        token = request.POST.get("resume", "")
        draft = draft_by_token(token, now=now) if token else None
        return _posted(request, draft, token if draft else "", now=now)
    asked_for = _asked_for(request)
    form = NoticeForm(initial=asked_for, **options_at(now))
    response = _shown(request, FormPage(form, now, submission=new_submission()))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """The form filled from its draft, for whoever has the link; a draft that was sent leads to its notice.

    Who sends the form to this address knows it already and needs no second token; browsers send none that counts under
    `no-referrer`.
    """
    now = timezone.now()
    draft = draft_by_token(token, now=now)
    if draft is None:
        return private(render(request, "notices/draft_gone.html", status=404))
    if draft.notice:
        return private(redirect("notices:status", token=token_of(draft.notice)))
    if request.method == "POST":
        return _posted(request, draft, token, now=now)
    page = _page_of_draft(draft, token, is_earlier="earlier" in request.GET, now=now)
    if "saved" in request.GET:
        page.said.append(saved_words(draft))
    return private(_shown(request, page))


def _page_of_draft(draft: NoticeDraft, token: str, *, is_earlier: bool, now: datetime) -> FormPage:
    typed = draft.replaced if is_earlier and draft.replaced else draft.typed
    posted = as_posted(typed)
    form = NoticeForm(initial={"group_name": draft.group.title} if draft.group else None, **options_at(now))
    form.keep(posted, is_whole=draft.version > 0)
    alts = [posted.get(f"alt{number}", "") for number in range(1, MOST_ALTS + 1)]
    files = files_of(draft)
    return FormPage(
        form,
        now,
        uploads=kept_uploads(files, alts[: len(files.files)]),
        draft=draft,
        token=token,
        warned=[stale_words()] if draft.replaced and not is_earlier else [],
        check_days=posted.getlist("check_days"),
    )


# What a browser sends


def _posted(request: HttpRequest, draft: NoticeDraft | None, token: str, *, now: datetime) -> HttpResponse:
    if draft and draft.notice:
        return private(redirect("notices:status", token=token_of(draft.notice)))
    uploads = take_uploads(request, today=tokyo_date(now), draft=files_of(draft) if draft else None)
    page = FormPage(
        NoticeForm(**options_at(now)),
        now,
        uploads=uploads,
        submission=request.POST.get("submission", ""),
        draft=draft,
        token=token,
        check_days=request.POST.getlist("check_days"),
    )
    if draft:
        _keep_up(page, request)
    if any(name in request.POST for name in REFILL):
        return _refilled(request, page)
    page.form = NoticeForm(request.POST, has_images=uploads.has_images, **options_at(now))
    if not page.form.is_valid() or uploads.faults:
        return _answer(request, page)
    notice, status_token = _take_in(request, page)
    if page.draft:
        mark_sent(draft=page.draft, notice=notice)
    uploads.draft.remove()
    return redirect("notices:status", token=status_token)


def _refilled(request: HttpRequest, page: FormPage) -> HttpResponse:
    """One of the buttons that do not send."""
    posted = request.POST
    if "other_group" in posted and page.draft:
        forget_group(draft=page.draft)
    if ("save" in posted or "mail_link" in posted) and page.draft is None:
        begin_draft(page, request)
    if "mail_link" in posted:
        words, is_good = mail_the_link(request, page)
        (page.said if is_good else page.warned).append(words)
    if "preview" in posted:
        bound = NoticeForm(posted, **options_at(page.now))
        page.preview = preview_of(request, bound, page)
    page.form.keep(
        posted,
        add_row="add" in posted,
        is_week_later=posted.get("add") == "week",
        remove_row=_number(posted.get("remove")),
    )
    if "save" in posted and page.draft and not page.warned and not page.uploads.faults:
        return private(redirect(f"{draft_path(page.token)}?saved=1"))
    if "save" in posted and page.draft:
        page.said.append(saved_words(page.draft))
    return _answer(request, page)


def begin_draft(page: FormPage, request: HttpRequest) -> None:
    """Keep the form on the server from now on, unless this machine has begun very many today."""
    if not may_start_draft(client_of(request), on=tokyo_date(page.now)):
        page.warned.append(_("It could not be saved just now. Please try again later, or send it."))
        return
    page.draft, page.token = start_draft(
        typed=typed_of(request.POST),
        now=page.now,
        source=FORM,
        folder=page.uploads.draft.folder,
        submission_key=read_submission(page.submission),
    )


def _keep_up(page: FormPage, request: HttpRequest) -> None:
    """Save what came along into the draft that the form has."""
    saved = save_draft(draft=page.draft, typed=typed_of(request.POST), version=version_of(request), now=page.now)
    page.draft = saved.draft
    if saved.is_stale:
        page.warned.append(stale_words())


def version_of(request: HttpRequest) -> int | None:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def mail_the_link(request: HttpRequest, page: FormPage) -> tuple[str, bool]:
    """Mail the link of the draft to the address in the form; (what to say, whether it went out)."""
    is_machine = request.POST.get(TRAP_FIELD) or "send" in request.POST  # a browser sends one button
    if page.draft is None or is_machine:
        return _("The link could not be mailed."), False
    field = NoticeForm.base_fields["contact_email"]
    try:
        address = field.clean(request.POST.get("contact_email", ""))
    except ValidationError:
        return _("Please write your e-mail address first; the link goes there."), False
    if not address:
        return _("Please write your e-mail address first; the link goes there."), False
    form = NoticeForm(request.POST, **options_at(page.now))
    form.is_valid()
    key, on = page.draft.submission_key or "", tokyo_date(page.now)
    if not may_ask_for_mail(form, client=client_of(request), submission=key, on=on):
        return _("Please save it for now instead, and keep the address of the page that comes then."), False
    if not mail_link(draft=page.draft, token=page.token, address=address, now=page.now):
        return _("This address has had many links today. Please look into your mailbox."), False
    return _("We have mailed the link to %(address)s.") % {"address": address}, True


def preview_of(request: HttpRequest, bound: NoticeForm, page: FormPage) -> str:
    """The page to be as a document of its own; "" for a machine that asked very often today. Stores nothing."""
    if not may_look(client_of(request), on=tokyo_date(page.now)):
        return ""
    return preview_document(request, notice_of(bound, now=page.now), page.group, page.uploads)


def _take_in(request: HttpRequest, page: FormPage) -> tuple[Notice, str]:
    form, now = page.form, page.now
    data = form.notice_data() | {"language": get_language() or settings.LANGUAGE_CODE}
    if page.group:
        data["group"] = page.group
    if NoticeKind(data["kind"]).changes_published:
        data["about_page"] = page_about(data["about_text"])
        if data["about_page"] and not form.cleaned_data.get("title"):
            data["title"] = data["about_page"].title[:120]
    key = page.draft.submission_key if page.draft else read_submission(page.submission)
    held_reason = reason_to_hold(
        form,
        client=client_of(request),
        submission=key or "",
        is_known=page.group is not None,  # came by the group's own link
        on=tokyo_date(now),
    )
    return services.receive_notice(
        data=data,
        sessions=form.sessions(),
        files=page.uploads.clean_files(),
        alts=page.uploads.alts(),
        channel=Channel.FORM,
        received_at=now,
        now=now,
        submission_key=key,
        held_reason=held_reason,
    )


def _answer(request: HttpRequest, page: FormPage) -> HttpResponse:
    response = _shown(request, page)
    if page.draft:
        return private(response)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(request: HttpRequest, page: FormPage) -> HttpResponse:
    return render(request, "notices/form.html", page.context())


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """What a link to the form may fill in beforehand."""
    known = {
        "kind": NoticeKind.values,
        "match_direction": MatchDirection.values,
        "about_text": None,
        "group_name": None,
        "title": None,
    }
    wanted = {name: request.GET.get(name, "")[:120] for name in known}
    return {name: value for name, value in wanted.items() if value and (known[name] is None or value in known[name])}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else 0
