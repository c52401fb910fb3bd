"""From a notice to its public page: make the draft, publish it, or take the making back. Each is one click."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.actions.publish_page_revision import PublishPagePermissionError
from wagtail.admin import messages
from wagtail.models import Page

from activities import services
from activities.desk.actions import ActionView
from activities.desk.frame import error_words
from activities.kinds import NoticeKind
from activities.notices.making import made_page
from center.japanese.dates import day_words, time_words


class MakePageView(ActionView):
    """ページを作る: one click, then the draft is shown beside the notice."""

    def run(self, form: None, *, now: datetime) -> str:
        existed = any(link.is_main for link in self.notice.page_links.all())
        try:
            page = services.make_page(notice=self.notice, by=self.request.user, now=now)
        except services.ChangesPublished as error:
            messages.warning(self.request, _("A change makes no page of its own. This is the page it is about."))
            return reverse("wagtailadmin_pages:edit", args=[error.page.pk])
        if existed:
            messages.info(self.request, _("This page had been made already."))
            return reverse("wagtailadmin_pages:edit", args=[page.pk])
        messages.success(self.request, _("The draft is made. Please read it over, then publish it."))
        return self.detail_url + "#d-preview"


class UnmakePageView(ActionView):
    """ページを作る前に戻す: one click as long as nobody has edited the draft; otherwise it asks first."""

    label = gettext_lazy("Take the making of the page back")
    done = gettext_lazy("The page is taken back. It can be made again at any time.")

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            services.unmake_page(
                notice=self.notice, by=request.user, now=timezone.now(), is_sure=request.POST.get("sure") == "1"
            )
        except services.PageEdited as error:
            context = {"lost": error.fields, "notice": self.notice, "detail_url": self.detail_url}
            self.template_name = "activities/admin/unmake.html"
            return self.render_to_response(self.get_context_data(**context))
        except services.NoticeError as error:
            messages.error(request, error_words(error))
            return redirect(self.detail_url)
        messages.success(request, str(self.done))
        return redirect(self.detail_url)


class RemakePageView(ActionView):
    """ページの下書きを作り直す: after the notice was written anew; only where nobody has edited the draft."""

    done = gettext_lazy("The draft is made anew from what the notice says now.")

    def run(self, form: None, *, now: datetime) -> str | None:
        try:
            services.unmake_page(notice=self.notice, by=self.request.user, now=now)
        except services.PageEdited:
            self.done = ""
            words = _("Somebody has edited the draft, so it was not made anew. Please change it in the editor.")
            messages.warning(self.request, words)
            return None
        services.make_page(notice=self.notice, by=self.request.user, now=now)
        return self.detail_url + "#d-preview"


class PublishPageView(ActionView):
    """公開する: the latest draft, by Wagtail's own action, with the hooks that the editor runs."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        page = made_page(self.notice)
        if page is None or NoticeKind(self.notice.kind).changes_published:
            messages.error(request, error_words(services.NoPageMade()))
            return redirect(self.detail_url)
        if not page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        if refused := self._asked("before_publish_page", page.get_latest_revision_as_object()):
            return redirect(self.detail_url) if refused.status_code in (301, 302) else refused
        try:
            page = services.publish_page(notice=self.notice, by=request.user, now=timezone.now())
        except services.PageNotReady as error:
            words = _("The page cannot be published yet. Please mend this in the editor: %(faults)s")
            messages.error(request, words % {"faults": " ".join(error.messages)})
            return redirect(self.detail_url)
        except PublishPagePermissionError:
            raise PermissionDenied from None
        except services.NoticeError as error:
            messages.error(request, error_words(error))
            return redirect(self.detail_url)
        self._tell(page)
        return self._asked("after_publish_page", page) or redirect(self.detail_url)

    def _asked(self, name: str, page: Page) -> HttpResponse | None:
        """The answer of the first hook that gives one, having said why: a page before its wished day, for instance."""
        for hook in hooks.get_hooks(name):
            result = hook(self.request, page)
            if isinstance(result, HttpResponse):
                return result
        return None

    def _tell(self, page: Page) -> None:
        if not page.live and page.go_live_at:
            words = _("The page goes live on %(day)s.")
            day = day_words(page.go_live_at) + time_words(page.go_live_at)
            messages.success(self.request, words % {"day": day})
            return
        link = format_html('<a href="{}">{}</a>', page.get_url() or "/", page.title)
        messages.success(self.request, format_html(_("Published: {}. The group is told by mail."), link))
