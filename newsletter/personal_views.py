"""The personal page under /u/: what one gets, changing it, pausing, leaving, erasing.

The token in the address is what lets somebody do these things; it is known to no other site, so the forms carry no
CSRF token and the page sets no cookie.
"""

from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from newsletter import mailed_issues
from newsletter.models import ConsentEvent, Subscriber, SubscriberState
from newsletter.subscriber_forms import MoveForm, PauseForm, PreferencesForm
from newsletter.subscriber_moves import request_move
from newsletter.subscribers import (
    UndoTooLate,
    UnknownLink,
    can_undo,
    change_preferences,
    erase,
    find_by_token,
    leave,
    pause,
    resume,
    take_out,
    undo_leave,
)
from newsletter.views import html_language, private

ONE_CLICK = ("List-Unsubscribe", "One-Click")
ONE_CLICK_LENGTH = 1_000
"""As much of a body without a form's content type as is looked at for the two words above."""

DONE_WORDS = {
    "left": _("You have left. No mail will come any more."),
    "back": _("You are back. The mail will come again."),
    "asked": _("We have sent a mail to the new address. Please press the button that you find there."),
    "changed": _("We have noted your changes."),
    "paused": _("The mail is paused."),
    "resumed": _("The mail will come again."),
}


@method_decorator(csrf_exempt, name="dispatch")
class PersonalView(View):
    """`/u/<token>/`, in the subscriber's own language: what one gets, changing it, pausing, leaving, erasing.

    A one-click POST (RFC 8058: no cookie, urlencoded or multipart) leaves and answers 200 without a redirect, also the
    second time, for somebody erased and for a token of nobody. The page's own buttons answer with a redirect.
    """

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return private(super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = find_by_token(token)
        if subscriber is None:
            return self._unknown(request)
        return self._page(request, subscriber, done=DONE_WORDS.get(request.GET.get("done", ""), ""))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        if is_one_click(request):
            return self._one_click(token, now)
        subscriber = find_by_token(token)
        if subscriber is None:
            return self._unknown(request)
        act = {
            "leave": self._leave,
            "undo": self._undo,
            "change": self._change,
            "pause": self._pause,
            "resume": self._resume,
            "move": self._move,
            "erase": self._erase,
        }.get(request.POST.get("action", ""))
        return act(request, token, subscriber, now) if act else self._page(request, subscriber)

    def _one_click(self, token, now) -> HttpResponse:
        with suppress(UnknownLink):  # gone already; the answer is the same
            leave(token=token, now=now)
        return HttpResponse("ok\n", content_type="text/plain")

    def _leave(self, request, token, subscriber, now) -> HttpResponse:
        take_out(subscriber=subscriber, channel=ConsentEvent.Channel.WEB, now=now)
        return self._back(token, "left")

    def _undo(self, request, token, subscriber, now) -> HttpResponse:
        try:
            undo_leave(token=token, now=now)
        except UndoTooLate:
            return self._back(token)  # the page says that the seven days are over
        return self._back(token, "back")

    def _change(self, request, token, subscriber, now) -> HttpResponse:
        with translation.override(subscriber.locale):
            form = PreferencesForm(request.POST)
            if not form.is_valid():
                return self._page(request, subscriber, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        change_preferences(subscriber=subscriber, now=now, **form.cleaned_data)
        return self._back(token, "changed")

    def _pause(self, request, token, subscriber, now) -> HttpResponse:
        with translation.override(subscriber.locale):
            form = PauseForm(request.POST, now=now)
            if not form.is_valid():
                return self._page(request, subscriber, pause_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        is_new = pause(subscriber=subscriber, until_on=form.ends_on(), now=now)
        return self._back(token, "paused" if is_new else "")

    def _move(self, request, token, subscriber, now) -> HttpResponse:
        with translation.override(subscriber.locale):
            form = MoveForm(request.POST)
            if not form.is_valid():
                return self._page(request, subscriber, move_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        request_move(subscriber=subscriber, email=form.cleaned_data["email"], now=now)
        return self._back(token, "asked")  # whatever the address

    def _resume(self, request, token, subscriber, now) -> HttpResponse:
        return self._back(token, "resumed" if resume(subscriber=subscriber, now=now) else "")

    def _erase(self, request, token, subscriber, now) -> HttpResponse:
        if request.POST.get("sure") != "yes":
            return self._in_own_language(request, subscriber.locale, "newsletter/personal_erase.html", {"token": token})
        erase(subscriber=subscriber, by=None, now=now)
        return self._in_own_language(request, subscriber.locale, "newsletter/personal_erased.html", {})

    def _back(self, token: str, done: str = "") -> HttpResponse:
        address = reverse("personal", args=[token])
        response = HttpResponseRedirect(f"{address}?done={done}" if done else address)
        response.status_code = HTTPStatus.SEE_OTHER
        return response

    def _page(
        self,
        request: HttpRequest,
        subscriber: Subscriber,
        *,
        form: PreferencesForm | None = None,
        pause_form: PauseForm | None = None,
        move_form: MoveForm | None = None,
        done: str = "",
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        now = timezone.now()
        wanted = {"topics": subscriber.topics.all(), "locale": subscriber.locale, "format": subscriber.format}
        with translation.override(subscriber.locale):  # the choices of a form are worded as it is made
            context = {
                "subscriber": subscriber,
                "states": SubscriberState,
                "address": masked(subscriber.email),
                "form": form or PreferencesForm(initial=wanted),
                "pause_form": pause_form or PauseForm(now=now),
                "move_form": move_form or MoveForm(auto_id="move_%s"),
                "done": done,
                "can_undo": can_undo(subscriber, now=now),
                "coming": mailed_issues.next_issue(now=now),
            }
        return self._in_own_language(request, subscriber.locale, "newsletter/personal.html", context, status=status)

    def _unknown(self, request: HttpRequest) -> HttpResponse:
        return self._in_own_language(
            request, settings.LANGUAGE_CODE, "newsletter/personal_unknown.html", {}, status=HTTPStatus.NOT_FOUND
        )

    def _in_own_language(
        self, request: HttpRequest, language: str, template: str, context: dict, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        # This address exists once, without a language in front: without a match the page's frame links to the home
        # page of the other languages.
        request.resolver_match = None
        with translation.override(language):
            response = render(request, template, context, status=status)
        response.headers["Content-Language"] = html_language(language)
        return response


def is_one_click(request: HttpRequest) -> bool:
    """Whether a POST is what mail programs send for "unsubscribe" (RFC 8058), whatever content type they name."""
    name, value = ONE_CLICK
    if request.POST.get(name) == value:
        return True
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return False
    return f"{name}={value}".encode() in request.body[:ONE_CLICK_LENGTH]


def masked(email: str) -> str:
    """h***@example.jp: enough for the owner, little for somebody to whom the mail was passed on."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"
