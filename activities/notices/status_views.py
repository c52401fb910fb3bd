"""The status page of a notice, which its receipt links to, and what a group does there.

Status pages stand behind a token in their address. No cookie decides anything there, so whoever sends a form to one
must know its address already: they need no second token, and browsers send none under `no-referrer`.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities import services
from activities.deadlines import countdown_words
from activities.forecast import forecast
from activities.kinds import NoticeKind
from activities.models import Notice, NoticeState
from activities.notices import status_page
from activities.notices.drafts import start_draft
from activities.notices.edits import Change
from activities.notices.forms import AnswerForm, MessageForm
from activities.notices.mails import notice_reason, page_url
from activities.notices.media_states import media_states
from activities.notices.queries import due_day, forecast_of, notice_by_token, place_suggestions, public_history
from activities.notices.refill import who_sent
from activities.notices.status_media import mail_reason, medium_rows
from activities.notices.tokens import token_of
from activities.notices.upload_rows import Uploads, no_uploads, take_uploads
from activities.notices.views import REFILL, private
from activities.notices.wishes import WishForm, wish_words, wished_values
from activities.notices.words import entry_words
from center.opening import tokyo_date
from center.queries import opening_calendar

NoticeView = Callable[..., HttpResponse]
CHANGE_KINDS = (NoticeKind.CHANGE, NoticeKind.CANCELLATION)


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
def edit(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Before it is published: the notice's own words, to be put right. What differs goes to staff, field by field."""
    token, now = token_of(notice), timezone.now()
    if not notice.is_open:
        return redirect("notices:status", token=token)
    form = WishForm(request.POST if request.method == "POST" else None, notice=notice, today=tokyo_date(now))
    if request.method == "POST" and any(name in request.POST for name in REFILL):
        form = WishForm(notice=notice, today=tokyo_date(now))
        form.keep(request.POST, add_row="add" in request.POST, remove_row=_number(request.POST.get("remove")))
    elif form.is_valid():
        changes, remark = form.differences(), form.cleaned_data["remark"]
        if changes or remark:
            _send_wish(notice, changes, remark, wished_values(changes, request.POST), now=now)
            return redirect(reverse("notices:status", args=[token]) + "#h-h")
        form.add_error(None, _("Nothing is different yet. Please change what is not right, or write a word to us."))
    context = {"notice": notice, "token": token, "form": form, "places": place_suggestions()}
    return render(request, "notices/edit.html", context)


def _send_wish(
    notice: Notice, changes: list[Change], remark: str, typed: dict[str, list[str]], *, now: datetime
) -> None:
    """To staff as a message; where they have asked something, it is the answer and the three days begin anew."""
    text = wish_words(changes, remark)
    rows = [(change.name, change.old, change.new) for change in changes]
    if notice.state == NoticeState.RETURNED:
        with suppress(services.NotReturned):  # answered a moment ago
            services.answer_notice(notice=notice, text=text, now=now, changes=rows, typed=typed)
            return
    services.add_group_message(notice=notice, text=text, now=now, changes=rows, typed=typed)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else 0


@_of_token
@require_POST
def change(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Once it is published: a new notice that changes or cancels it, with what is known filled in."""
    wanted = request.POST.get("kind", "")
    if notice.state != NoticeState.PUBLISHED or wanted not in CHANGE_KINDS:
        return redirect("notices:status", token=token_of(notice))
    about = {"kind": [wanted], "about_text": [notice.number], "title": [notice.title]}
    group = notice.group if notice.group_from == "link" else None
    typed = who_sent(notice) | about
    _draft, token = start_draft(typed=typed, now=timezone.now(), group=group, source=f"change:{notice.number}")
    return redirect("notices:resume", token=token)


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
    state_words, tone = status_page.shown_state(notice, now=now)
    pages = status_page.public_pages(notice, now=now)
    history = public_history(notice)
    asked = next((entry for entry in history if entry.kind == entry.Kind.RETURNED), None)
    context = {
        "notice": notice,
        "token": token_of(notice),
        "state_words": state_words,
        "is_change": NoticeKind(notice.kind).changes_published,
        "tone": tone,
        "steps": status_page.steps(notice, history, mail, now=now),
        "days": status_page.clock_days(notice, calendar, today=today),
        "day": due_day(notice, calendar),
        "today": today,
        "counting": status_page.counting_words(notice.deadline_policy),
        "mail": mail,
        "media": medium_rows(
            media_states([notice], now=now)[notice.pk], is_over=status_page.ended(notice, now=now) is not None
        ),
        "mail_reason": mail_reason(notice, mail) if mail else "",
        "history": [(entry, entry_words(entry)) for entry in history],
        "asked": asked if notice.state == NoticeState.RETURNED else None,
        "asked_reason": notice_reason(asked.reason) if asked else "",
        "left": countdown_words(notice.due_on, today) if notice.is_open and notice.due_on else "",
        "answer_form": answer_form,
        "message_form": message_form,
        "uploads": uploads,
        "pages": [(page, page_url(page)) for page in pages],
        "sessions": list(notice.sessions.all()),
        "attachments": list(notice.attachments.all()),
    }
    return render(request, "notices/status.html", context)
