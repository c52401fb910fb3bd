"""The post for Facebook at the desk: the kit to post by hand, the button for the machine, and what became of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from activities.desk.frame import NAMESPACE, NoticeMixin
from activities.desk.media_forms import PlaceForm, PostForm, ToldForm
from activities.desk.media_frame import media_error_words
from activities.facebook import errors as facebook_errors
from activities.facebook import services as facebook
from activities.facebook import texts
from activities.facebook.words import trouble_words
from activities.media import Medium
from activities.models import FacebookPost
from activities.notices import media_marks
from activities.notices.errors import NoticeError


class FacebookMixin(NoticeMixin):
    """One notice and its post."""

    action = "change"

    @property
    def kit_url(self) -> str:
        return reverse(f"{NAMESPACE}:facebook", args=[self.notice.pk])

    @property
    def last_post(self) -> FacebookPost | None:
        return self.notice.facebook_posts.order_by("-queued_at", "-pk").first()


class FacebookView(FacebookMixin, TemplateView):
    """投稿の用意: words and picture to copy, the button that lets the machine post, "posted" with its address."""

    template_name = "activities/admin/facebook_kit.html"

    def get_page_subtitle(self) -> str:
        return _("Facebook post")

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        page = facebook.public_page(self.notice, now=now)
        post = self.last_post
        text = post.text if post and post.state in (*facebook.OPEN, *facebook.STOPPED) else ""
        if page and not text:
            text = texts.post_text(page, notice=self.notice)
        account = facebook.account()
        context = {
            "notice": self.notice,
            "page": page,
            "detail_url": self.detail_url,
            "post": post,
            "trouble": trouble_words(post) if post else "",
            "is_open": bool(post and post.state in facebook.OPEN),
            "is_stopped": bool(post and post.state in facebook.STOPPED),
            "is_wanted": Medium.FACEBOOK.value in (self.notice.media or []),
            "is_connected": account is not None,
            "facebook_url": f"https://www.facebook.com/{account.page_id if account else ''}",
            "words": PostForm(initial={"text": text}),
            "picture_alt": texts.picture_alt(page) if page else "",
            "told": ToldForm(now=now),
            "where": PlaceForm(medium=Medium.FACEBOOK),
        }
        return super().get_context_data(**{**context, **kwargs})

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """投稿しました: the post exists, at this address."""
        now = timezone.now()
        told, where = ToldForm(request.POST, now=now), PlaceForm(request.POST, medium=Medium.FACEBOOK)
        if not all([told.is_valid(), where.is_valid()]):
            return self.render_to_response(self.get_context_data(told=told, where=where))
        facts = {"posted_at": told.told_at, "url": where.cleaned_data["url"], "by": request.user, "now": now}
        post = self.last_post
        try:
            if post and post.state in facebook.STOPPED:
                facebook.confirm_posted(post=post, **facts)
            else:
                facts["done_at"] = facts.pop("posted_at")
                media_marks.mark_medium(notice=self.notice, medium=Medium.FACEBOOK, **facts)
        except NoticeError as error:
            messages.error(request, media_error_words(error))
            return redirect(self.kit_url)
        messages.success(request, _("Marked as posted on Facebook."))
        return redirect(f"{self.detail_url}#d-media")


class FacebookQueueView(FacebookMixin, View):
    """機械に投稿させる, take it back, or try once more: the button says which."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return redirect(self.kit_url)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now, post = timezone.now(), self.last_post
        try:
            if "cancel" in request.POST:
                facebook.cancel_post(post=self._known(post), by=request.user, now=now)
                messages.success(request, _("The post is taken back."))
            elif "again" in request.POST:
                facebook.post_again(post=self._known(post), by=request.user, now=now)
                messages.success(request, _("It will be posted within a few minutes."))
            else:
                text = request.POST.get("text", "")
                facebook.queue_post(notice=self.notice, text=text, by=request.user, now=now)
                messages.success(request, _("It will be posted within a few minutes."))
        except NoticeError as error:
            messages.error(request, media_error_words(error))
        return redirect(self.kit_url)

    @staticmethod
    def _known(post: FacebookPost | None) -> FacebookPost:
        if post is None:
            raise facebook_errors.WrongState
        return post


class FacebookPictureView(FacebookMixin, View):
    """The picture of the post, to look at or (?download) to save."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        page = facebook.public_page(self.notice, now=timezone.now())
        if page is None:
            return redirect(self.kit_url)
        content, kind, name = texts.picture(page)
        way = "attachment" if "download" in request.GET else "inline"
        headers = {"Content-Disposition": f'{way}; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(content, content_type=kind, headers=headers | {"Cache-Control": "private, no-store"})
