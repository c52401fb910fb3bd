"""The public pages of the support mail: signing up, confirming, the back numbers.

None of them sets a cookie, so the forms carry no CSRF token. What stands in its place: the sign-up form's signed time
of rendering, and for the confirmation the token in the address, which no other site knows. GET, HEAD and OPTIONS never
change anything, because mail scanners follow every link.
"""

from http import HTTPStatus
from time import monotonic, sleep

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from center.opening import TOKYO, fiscal_year, tokyo_date
from center.queries import centre_settings
from newsletter import mailed_issues
from newsletter.back_number_search import LONGEST_QUERY, search_back_numbers
from newsletter.models import Issue, MailFormat, Topic
from newsletter.subscriber_forms import SignUpForm
from newsletter.subscribers import (
    GETS_MAIL,
    ConfirmationOver,
    TooManyRequests,
    UnknownLink,
    admit_request,
    confirm_subscription,
    find_confirmation,
    request_subscription,
)

WORDS_VERSION = "2026-11"
"""Which words about purpose and sender stand on the sign-up page: templates/newsletter/words/<version>.<language>.html.
A version is never edited once it was online; new words are a new version."""
TOO_MANY = _("Too many people signed up from here today. Please tell us by phone, or try tomorrow.")
ANSWER_AFTER_SECONDS = 0.1
"""No sign-up is answered sooner: a known address takes less work than a new one, and the time shall not tell which."""
LATEST_COUNT = 3


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


def search_page(request: HttpRequest) -> HttpResponse:
    """`/mail/search/?q=`: words in what was mailed, by issue. Without words only the form."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
    results = search_back_numbers(query, language=get_language())
    context = {
        "query": query,
        "results": results,
        "count": sum(len(found.items) for found in results),
        "years": mailed_issues.fiscal_years(),
        "is_english": html_language(get_language()) == "en",
    }
    return render(request, "newsletter/back_number_search.html", context)


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
