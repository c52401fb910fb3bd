"""The public pages of the support mail: signing up, confirming, the personal page, the back numbers.

None of them sets a cookie, so the forms carry no CSRF token. What stands in its place: the sign-up form's signed time
of rendering, and for everything else the token in the address, which no other site knows. GET, HEAD and OPTIONS never
change anything, because mail scanners follow every link.
"""

from contextlib import suppress
from http import HTTPStatus
from time import monotonic, sleep

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from center.opening import TOKYO, fiscal_year, tokyo_date
from center.queries import centre_settings
from newsletter import mailed_issues
from newsletter.models import ConsentEvent, Issue, MailFormat, Subscriber, SubscriberState, Topic
from newsletter.subscriber_forms import PreferencesForm, SignUpForm
from newsletter.subscribers import (
    GETS_MAIL,
    ConfirmationOver,
    TooManyRequests,
    UndoTooLate,
    UnknownLink,
    admit_request,
    can_undo,
    change_preferences,
    confirm_subscription,
    erase,
    find_by_token,
    find_confirmation,
    leave,
    pause,
    request_subscription,
    resume,
    take_out,
    undo_leave,
)

WORDS_VERSION = "2026-11"
"""Which words about purpose and sender stand on the sign-up page: templates/newsletter/words/<version>.<language>.html.
A version is never edited once it was online; new words are a new version."""
TOO_MANY = _("Too many people signed up from here today. Please tell us by phone, or try tomorrow.")
ANSWER_AFTER_SECONDS = 0.1
"""No sign-up is answered sooner: a known address takes less work than a new one, and the time shall not tell which."""
LATEST_COUNT = 3
ONE_CLICK = ("List-Unsubscribe", "One-Click")
ONE_CLICK_LENGTH = 1_000
"""As much of a body without a form's content type as is looked at for the two words above."""


def private(response: HttpResponse) -> HttpResponse:
    """An answer under an address with a token: not stored, not indexed, not told to the next site."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


# Signing up


@method_decorator(csrf_exempt, name="dispatch")
class SignUpView(View):
    """`/mail/`: the form, and the latest back numbers. The answer to a sign-up is the same for every address."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {"topics": Topic.objects.all(), "locale": get_language(), "format": MailFormat.HTML}
        return self._page(request, SignUpForm(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        now, begun = timezone.now(), monotonic()
        phone = centre_settings().phone
        form = SignUpForm(request.POST, now=now, guard_phone=phone)
        if not form.is_valid():
            return self._page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            admit_request(client=request.META.get("REMOTE_ADDR", ""), now=now)
        except TooManyRequests:
            form.add_error(
                None, _("Too many people signed up from here today. Please tell us by phone, or try tomorrow.")
            )
            return self._page(request, form, status=HTTPStatus.TOO_MANY_REQUESTS)
        request_subscription(
            email=form.cleaned_data["email"],
            locale=form.cleaned_data["locale"],
            format=form.cleaned_data["format"],
            topics=form.cleaned_data["topics"],
            words_version=WORDS_VERSION,
            page=request.path,
            now=now,
        )
        sleep(max(0.0, ANSWER_AFTER_SECONDS - (monotonic() - begun)))
        return redirect("mail-sent")

    def _page(self, request: HttpRequest, form: SignUpForm, status: int = HTTPStatus.OK) -> HttpResponse:
        now = timezone.now()
        issues = list(mailed_issues.mailed_issues()[:LATEST_COUNT])
        coming = mailed_issues.next_issue(now=now)
        context = {
            "form": form,
            "words": [
                f"newsletter/words/{WORDS_VERSION}.{code}.html" for code in (get_language(), settings.LANGUAGE_CODE)
            ],
            "sender_domain": sender_domain(),
            "coming": coming,
            "coming_words": mailed_issues.issue_words(coming) if coming else "",
            "rows": back_number_rows(issues),
            "year": fiscal_year(tokyo_date(issues[0].mailed_at)) if issues else None,
            "today": tokyo_date(now),
        }
        response = render(request, "newsletter/sign_up.html", context, status=status)
        response.headers["Cache-Control"] = "private, no-store"
        return response


def sign_up_sent(request: HttpRequest) -> HttpResponse:
    """What everybody sees who signed up, whatever the address."""
    return render(request, "newsletter/sign_up_sent.html", {"sender_domain": sender_domain()})


@method_decorator(csrf_exempt, name="dispatch")
class ConfirmView(View):
    """`/mail/confirm/<token>/`: GET shows a button, POST finishes the sign-up."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return private(super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            subscriber = find_confirmation(token, now=timezone.now())
        except (UnknownLink, ConfirmationOver) as error:
            return self._over(request, error)
        if subscriber.state in GETS_MAIL:
            return self._confirmed(request)
        return render(request, "newsletter/confirm.html")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            confirm_subscription(token=token, now=timezone.now())
        except (UnknownLink, ConfirmationOver) as error:
            return self._over(request, error)
        return self._confirmed(request)

    def _confirmed(self, request: HttpRequest) -> HttpResponse:
        coming, latest = mailed_issues.next_issue(now=timezone.now()), mailed_issues.mailed_issues().first()
        context = {
            "coming": coming,
            "coming_words": mailed_issues.issue_words(coming) if coming else "",
            "latest": latest,
            "latest_words": mailed_issues.issue_words(latest) if latest else "",
        }
        return render(request, "newsletter/confirmed.html", context)

    def _over(self, request: HttpRequest, error: Exception) -> HttpResponse:
        status = HTTPStatus.GONE if isinstance(error, ConfirmationOver) else HTTPStatus.NOT_FOUND
        return render(request, "newsletter/confirm_over.html", status=status)


# The personal page

DONE_WORDS = {
    "left": _("You have left. No mail will come any more."),
    "back": _("You are back. The mail will come again."),
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
        return self._back(token, "paused" if pause(subscriber=subscriber, now=now) else "")

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
        done: str = "",
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        now = timezone.now()
        wanted = {"topics": subscriber.topics.all(), "locale": subscriber.locale, "format": subscriber.format}
        context = {
            "subscriber": subscriber,
            "states": SubscriberState,
            "address": masked(subscriber.email),
            "form": form or PreferencesForm(initial=wanted),
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


def html_language(language: str) -> str:
    """The language for people and machines: easy Japanese is Japanese."""
    return "en" if language == "en" else "ja"


def sender_domain() -> str:
    """The domain that phones must let through: that of the mails' sender."""
    return (centre_settings().sender_email or settings.DEFAULT_FROM_EMAIL).rpartition("@")[2]


# Back numbers


def back_number_rows(issues: list[Issue]) -> list[dict]:
    """What a list shows of each issue: its word and its subject, `lang` where that is not in the page's language."""
    subjects, is_japanese = mailed_issues.subjects(issues, get_language()), html_language(get_language()) == "ja"
    return [
        {
            "issue": issue,
            "words": mailed_issues.issue_words(issue),
            "subject": subjects.get(issue.pk, issue.subject),
            "lang": "" if is_japanese or issue.pk in subjects else "ja",
        }
        for issue in issues
    ]


def fiscal_year_list(request: HttpRequest, year: str) -> HttpResponse:
    """`/mail/2026/`: the back numbers of one fiscal year, newest first. 404 for a year without any."""
    issues = list(mailed_issues.mailed_in_fiscal_year(int(year)))
    if not issues:
        raise Http404
    context = {"year": int(year), "rows": back_number_rows(issues), "years": mailed_issues.fiscal_years()}
    return render(request, "newsletter/fiscal_year.html", context)


def back_number(request: HttpRequest, slug: str) -> HttpResponse:
    """`/mail/2026-12/`: one issue as it was mailed, with dated notes about what turned out differently."""
    issue = mailed_issues.mailed_issue(slug)
    reading = mailed_issues.reading(issue, get_language()) if issue else None
    if reading is None:
        raise Http404
    context = {
        "issue": issue,
        "words": mailed_issues.issue_words(issue),
        "reading": reading,
        "reading_lang": html_language(reading.language),
        "is_other_language": html_language(reading.language) != html_language(get_language()),
        "year": fiscal_year(tokyo_date(issue.mailed_at)),
        "mailed_at": issue.mailed_at.astimezone(TOKYO),
        "notes": issue.notes.all(),
        "notes_lang": "" if html_language(get_language()) == "ja" else "ja",
    }
    return render(request, "newsletter/back_number.html", context)
