"""The public addresses of notices: the form, and the status page that a receipt links to.

Status pages stand behind a token in their address. No cookie decides anything there, so whoever sends a form to one
must know its address already: they need no second token, and browsers send none under `no-referrer`.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities import services
from activities.deadlines import countdown_words
from activities.forecast import forecast
from activities.kinds import NoticeKind
from activities.models import Channel, MatchDirection, Notice, NoticeState
from activities.notices import status_page
from activities.notices.clock import start_clock
from activities.notices.forms import AnswerForm, MessageForm, NoticeForm, new_submission, read_submission
from activities.notices.mails import notice_reason
from activities.notices.queries import (
    due_day,
    forecast_of,
    media_proposals,
    notice_by_token,
    page_about,
    place_suggestions,
    policy_at,
    public_history,
    wanted_media,
)
from activities.notices.tokens import token_of
from activities.notices.upload_rows import Uploads, no_uploads, take_uploads
from activities.notices.words import entry_words
from activities.queries import next_magazine_on
from center.opening import tokyo_date
from center.queries import centre_settings, opening_calendar

REFILL = ("add", "remove", "drop", "keep")
"""Buttons that change the form without sending it."""


def private(response: HttpResponse) -> HttpResponse:
    """Never stored, never indexed, and its address never told to another site."""
    add_never_cache_headers(response)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


# The form


@require_http_methods(["GET", "HEAD", "POST"])
def new_notice(request: HttpRequest) -> HttpResponse:
    """The form, on one page. Everything typed and every file that could be used survives each error."""
    now = timezone.now()
    rule = policy_at(now)
    criteria = [line.strip() for line in rule.criteria.splitlines() if line.strip()]
    options = {"now": now, "criteria": criteria, "guard_phone": centre_settings().phone}
    if request.method != "POST":
        form = NoticeForm(initial=_asked_for(request), **options)
        return _form_page(request, form, no_uploads(), new_submission(), now=now)
    uploads = take_uploads(request, today=tokyo_date(now))
    submission = request.POST.get("submission", "")
    if any(name in request.POST for name in REFILL):
        form = NoticeForm(**options)
        form.keep(request.POST, add_row="add" in request.POST, remove_row=_number(request.POST.get("remove")))
        return _form_page(request, form, uploads, submission, now=now)
    form = NoticeForm(request.POST, has_images=uploads.has_images, **options)
    if not form.is_valid() or uploads.faults:
        return _form_page(request, form, uploads, submission, now=now)
    notice, token = _take_in(form, uploads, submission, now=now)
    uploads.draft.remove()
    return redirect("notices:status", token=token)


def _take_in(form: NoticeForm, uploads: Uploads, submission: str, *, now: datetime) -> tuple[Notice, str]:
    data = form.notice_data()
    data["language"] = get_language() or settings.LANGUAGE_CODE
    if NoticeKind(data["kind"]).changes_published:
        data["about_page"] = page_about(data["about_text"])
    return services.receive_notice(
        data=data,
        sessions=form.sessions(),
        files=uploads.clean_files(),
        alts=uploads.alts(),
        channel=Channel.FORM,
        received_at=now,
        now=now,
        submission_key=read_submission(submission),
    )


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


def _form_page(
    request: HttpRequest, form: NoticeForm, uploads: Uploads, submission: str, *, now: datetime
) -> HttpResponse:
    notice = _if_sent_now(form, now=now)
    mail = forecast([notice], now=now).get(0)
    if read_submission(submission) is None:
        submission = new_submission()
    context = {
        "form": form,
        "uploads": uploads,
        "submission": submission,
        "places": place_suggestions(),
        "day": due_day(notice, opening_calendar()),
        "counting": status_page.counting_words(notice.deadline_policy),
        "mail": mail,
        "has_faults": form.is_bound and (bool(form.errors) or any(part.has_faults for part in form.parts)),
        "kind": str(form["kind"].value() or NoticeKind.EVENT),
    }
    response = render(request, "notices/form.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _if_sent_now(form: NoticeForm, *, now: datetime) -> Notice:
    """The notice that would come of the form if it were sent this moment, as far as it can be told. Not stored."""
    cleaned = getattr(form, "cleaned_data", {})
    kind = cleaned.get("kind") or form["kind"].value()
    notice = Notice(
        pk=0,
        kind=kind if kind in NoticeKind.values else NoticeKind.EVENT,
        received_at=now,
        policy=policy_at(now).as_deadline_policy().as_json(),
        media=wanted_media(cleaned.get("media") or form["media"].value() or []),
        not_before_on=form.not_before.day,
        deadline_on=form.deadline.day,
        deadline_time=form.deadline.at,
    )
    sessions = notice.sessions.none()
    sessions._result_cache = [
        notice.sessions.model(notice=notice, starts_at=starts_at, ends_at=ends_at, is_all_day=is_all_day)
        for starts_at, ends_at, is_all_day in (form.sessions() if form.is_bound else [])
    ]
    empty = {name: getattr(notice, name).none() for name in ("attachments", "page_links", "entries")}
    notice._prefetched_objects_cache = {"sessions": sessions, **empty}
    start_clock(notice, now, opening_calendar())
    return notice


# The status page

NoticeView = Callable[..., HttpResponse]


def _of_token(view: NoticeView) -> NoticeView:
    """Hand the notice that the token opens to the view; an unknown or ended link gets a page that says so."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        notice = notice_by_token(token, now=timezone.now())
        if notice is None:
            return private(render(request, "notices/unknown.html", status=404))
        return private(view(request, notice))

    return opened


@_of_token
@require_GET
def status(request: HttpRequest, notice: Notice) -> HttpResponse:
    """How far the notice is."""
    return _status_page(request, notice, AnswerForm(), MessageForm(), no_uploads())


@_of_token
@require_POST
def answer(request: HttpRequest, notice: Notice) -> HttpResponse:
    """The group's answer to a question; the three days begin anew."""
    now = timezone.now()
    uploads = take_uploads(request, today=tokyo_date(now))
    form = AnswerForm(request.POST)
    if any(name in request.POST for name in REFILL):
        return _status_page(request, notice, AnswerForm(initial=request.POST.dict()), MessageForm(), uploads)
    if not form.is_valid() or uploads.faults:
        return _status_page(request, notice, form, MessageForm(), uploads)
    try:
        services.answer_notice(
            notice=notice,
            text=form.cleaned_data["text"],
            files=uploads.clean_files(),
            alts=uploads.alts(),
            now=now,
        )
    except services.NotReturned:
        # answered a moment ago, or taken up again: the words are not lost, they go beside the notice
        services.add_group_message(notice=notice, text=form.cleaned_data["text"], now=now)
    uploads.draft.remove()
    return redirect("notices:status", token=token_of(notice))


@_of_token
@require_POST
def message(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Something the group wants to tell."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _status_page(request, notice, AnswerForm(), form, no_uploads())
    services.add_group_message(notice=notice, text=form.cleaned_data["message"], now=timezone.now())
    return redirect("notices:status", token=token_of(notice))


@_of_token
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Ask once more, then take the notice back."""
    token = token_of(notice)
    if not notice.is_open:
        return redirect("notices:status", token=token)
    if request.method == "POST":
        with suppress(services.AlreadySettled):  # published this very moment: the page says how to take it back
            services.withdraw_notice(notice=notice, now=timezone.now())
        return redirect("notices:status", token=token)
    return render(request, "notices/withdraw.html", {"notice": notice, "token": token})


def _status_page(
    request: HttpRequest, notice: Notice, answer_form: AnswerForm, message_form: MessageForm, uploads: Uploads
) -> HttpResponse:
    now = timezone.now()
    today, calendar = tokyo_date(now), opening_calendar()
    mail = forecast_of(forecast([notice], now=now), notice)
    proposals = media_proposals(
        notice, next_send_at=mail.send_at if mail else None, magazine_on=next_magazine_on(today)
    )
    history = public_history(notice)
    asked = next((entry for entry in history if entry.kind == entry.Kind.RETURNED), None)
    context = {
        "notice": notice,
        "token": token_of(notice),
        "tone": status_page.TONES[notice.state],
        "steps": status_page.steps(notice, history, mail, now=now),
        "days": status_page.clock_days(notice, calendar, today=today),
        "day": due_day(notice, calendar),
        "today": today,
        "counting": status_page.counting_words(notice.deadline_policy),
        "mail": mail,
        "media": status_page.media_rows(notice, proposals, mail),
        "history": [(entry, entry_words(entry)) for entry in history],
        "asked": asked if notice.state == NoticeState.RETURNED else None,
        "asked_reason": notice_reason(asked.reason) if asked else "",
        "left": countdown_words(notice.due_on, today) if notice.is_open and notice.due_on else "",
        "answer_form": answer_form,
        "message_form": message_form,
        "uploads": uploads,
        "pages": status_page.public_pages(notice, now=now),
        "sessions": list(notice.sessions.all()),
        "attachments": list(notice.attachments.all()),
    }
    return render(request, "notices/status.html", context)
