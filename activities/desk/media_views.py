"""What staff decide about the media of a notice, and the marks that it was told there."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import TemplateView
from wagtail.admin import messages

from activities.desk.facebook_views import FacebookPictureView, FacebookQueueView, FacebookView
from activities.desk.frame import NoticeMixin
from activities.desk.media_forms import PlaceForm, ReasonForm, ToldForm
from activities.desk.media_frame import media_error_words
from activities.desk.stand_views import StandsView
from activities.media import Medium
from activities.notices import media_errors, media_marks
from activities.notices.errors import NoticeError


class MediaActionView(NoticeMixin, TemplateView):
    """One thing to do with a medium: a button that posts, or a short form that asks first."""

    template_name = "activities/admin/media_action.html"
    action = "change"
    button: str | Promise = gettext_lazy("Save it")
    done: str | Promise = ""

    @property
    def medium(self) -> Medium:
        """The medium that the request names. Raises Http404 for another word."""
        typed = self.request.POST.get("medium") or self.request.GET.get("medium") or ""
        if typed not in Medium.values:
            raise Http404
        return Medium(typed)

    @property
    def back_url(self) -> str:
        return f"{self.detail_url}#d-media"

    def forms(self, data, now: datetime) -> list:
        """The forms to fill in, days first; empty for a plain button."""
        return []

    def run(self, forms: list, *, now: datetime) -> None:
        """Do it. Raises NoticeError."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        return ""

    def get_page_subtitle(self) -> str:
        return str(self.label)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if "medium" not in request.GET:
            return redirect(self.back_url)
        found = self.forms(None, timezone.now())
        return self._show(found) if found else redirect(self.back_url)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        found = self.forms(request.POST, now)
        valid = [form.is_valid() for form in found]
        if not all(valid):
            return self._show(found)
        try:
            self.run(found, now=now)
        except NoticeError as error:
            messages.error(request, media_error_words(error))
        else:
            if self.done:
                messages.success(request, str(self.done))
        return redirect(self.back_url)

    def _show(self, found: list) -> HttpResponse:
        days, rest = [form for form in found if hasattr(form, "today")], [f for f in found if not hasattr(f, "today")]
        context = {
            "days": days,
            "forms": rest,
            "medium": self.medium,
            "label": self.label,
            "button": self.button,
            "back_url": self.back_url,
            "notice": self.notice,
        }
        return self.render_to_response(self.get_context_data(**context))


class OverruleView(MediaActionView):
    """載せる・載せないを決める, with a reason of one's own."""

    done = gettext_lazy("Decided. The group reads the reason on its status page.")

    @property
    def is_in(self) -> bool:
        return self.medium.value not in (self.notice.media or [])

    @property
    def label(self) -> str:
        words = _("Take it in: %(medium)s") if self.is_in else _("Leave it out: %(medium)s")
        return words % {"medium": self.medium.label}

    @property
    def button(self) -> str:
        return pgettext("medium", "Take it in") if self.is_in else pgettext("medium", "Leave it out")

    def forms(self, data, now: datetime) -> list:
        return [ReasonForm(data)] if self.medium else []

    def run(self, forms: list, *, now: datetime) -> None:
        media_marks.overrule_medium(
            notice=self.notice,
            medium=self.medium,
            is_in=self.is_in,
            reason=forms[0].cleaned_data["reason"],
            by=self.request.user,
            now=now,
        )


class WishView(MediaActionView):
    """団体の希望に戻す."""

    done = gettext_lazy("The group's wish holds again.")

    def run(self, forms: list, *, now: datetime) -> None:
        media_marks.undo_overrule(notice=self.notice, medium=self.medium, by=self.request.user, now=now)


class MarkView(MediaActionView):
    """知らせた記録をつける: when and where it was told."""

    done = gettext_lazy("Marked.")

    @property
    def label(self) -> str:
        return _("Mark as told: %(medium)s") % {"medium": self.medium.label}

    def forms(self, data, now: datetime) -> list:
        if self.medium == Medium.WEB:
            return []
        return [ToldForm(data, now=now), PlaceForm(data, medium=self.medium)]

    def run(self, forms: list, *, now: datetime) -> None:
        if not forms:
            raise media_errors.WebIsAutomatic
        told, where = forms
        media_marks.mark_medium(
            notice=self.notice,
            medium=self.medium,
            done_at=told.told_at,
            place=where.cleaned_data.get("place", ""),
            url=where.cleaned_data.get("url", ""),
            by=self.request.user,
            now=now,
        )


class UnmarkView(MediaActionView):
    """記録を取り消す."""

    done = gettext_lazy("The mark is taken back.")

    def run(self, forms: list, *, now: datetime) -> None:
        media_marks.unmark_medium(notice=self.notice, medium=self.medium, by=self.request.user, now=now)


MEDIA_ACTIONS = {
    "overrule": OverruleView,
    "wish": WishView,
    "mark": MarkView,
    "unmark": UnmarkView,
    "facebook": FacebookView,
    "facebook-queue": FacebookQueueView,
    "facebook-picture": FacebookPictureView,
    "stands": StandsView,
}
