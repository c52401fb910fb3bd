"""The page on which a new address is confirmed: GET shows a button, POST changes the address."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from newsletter.subscriber_moves import confirm_move, find_move, is_done
from newsletter.subscribers import GETS_MAIL, ConfirmationOver, UnknownLink
from newsletter.views import html_language, private


@method_decorator(csrf_exempt, name="dispatch")
class MoveView(View):
    """`/u/address/<token>/`, in the subscriber's own language."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return private(super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            change = find_move(token, now=timezone.now())
        except (UnknownLink, ConfirmationOver) as error:
            return self._over(request, error)
        language = change.subscriber.locale
        if change.subscriber.state in GETS_MAIL:
            return self._page(request, language, "newsletter/personal_move.html")
        if is_done(change):
            return self._page(request, language, "newsletter/personal_moved.html")
        return self._over(request, UnknownLink())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            subscriber = confirm_move(token=token, now=timezone.now())
        except (UnknownLink, ConfirmationOver) as error:
            return self._over(request, error)
        return self._page(request, subscriber.locale, "newsletter/personal_moved.html")

    def _over(self, request: HttpRequest, error: Exception) -> HttpResponse:
        status = HTTPStatus.GONE if isinstance(error, ConfirmationOver) else HTTPStatus.NOT_FOUND
        return self._page(request, settings.LANGUAGE_CODE, "newsletter/personal_move_over.html", status)

    def _page(self, request: HttpRequest, language: str, template: str, status: int = HTTPStatus.OK) -> HttpResponse:
        # This address exists once, without a language in front; see PersonalView.
        request.resolver_match = None
        with translation.override(language):
            response = render(request, template, status=status)
        response.headers["Content-Language"] = html_language(language)
        return response
