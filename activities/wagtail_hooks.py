"""Hooks of the editor: the desk and its menu, the log's words, the panel on the first screen, the guard of wishes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from activities.deadlines import is_before_not_before
from activities.desk import group_hooks, media_hooks, trust_hooks
from activities.desk.frame import may
from activities.desk.home import NoticesPanel
from activities.desk.media_viewsets import MAGAZINE, STAND_TASKS
from activities.inquiries import hooks as inquiry_hooks
from activities.models import OPEN_STATES, MagazineIssuePage, Notice, NoticeEntry, PdfReading
from activities.pdf_reading import QUICK_SECONDS, note_pdf, read_pdf
from activities.viewsets import NOTICE_DESK, NOTICE_RULES
from center.japanese.dates import day_words
from center.opening import day_end

__all__ = ["group_hooks", "inquiry_hooks", "media_hooks", "trust_hooks"]

LOG_WORDS = {
    NoticeEntry.Kind.RECEIVED: (gettext_lazy("Receive a notice"), gettext_lazy("Notice received")),
    NoticeEntry.Kind.REVIEWING: (gettext_lazy("Look at a notice"), gettext_lazy("Notice being looked at")),
    NoticeEntry.Kind.RETURNED: (gettext_lazy("Return a notice"), gettext_lazy("Notice returned to its group")),
    NoticeEntry.Kind.ANSWERED: (gettext_lazy("Answer a notice"), gettext_lazy("Notice answered by its group")),
    NoticeEntry.Kind.PAGE_MADE: (gettext_lazy("Make a notice's page"), gettext_lazy("Page made from the notice")),
    NoticeEntry.Kind.PUBLISHED: (gettext_lazy("Publish a notice"), gettext_lazy("Notice published")),
    NoticeEntry.Kind.UNPUBLISHED: (gettext_lazy("Take a notice down"), gettext_lazy("Page of the notice taken down")),
    NoticeEntry.Kind.APPLIED: (gettext_lazy("Apply a notice"), gettext_lazy("Change shown on the page")),
    NoticeEntry.Kind.DECLINED: (gettext_lazy("Decline a notice"), gettext_lazy("Notice declined")),
    NoticeEntry.Kind.WITHDRAWN: (gettext_lazy("Withdraw a notice"), gettext_lazy("Notice withdrawn")),
    NoticeEntry.Kind.MESSAGE_IN: (gettext_lazy("Message of a group"), gettext_lazy("Message from the group")),
    NoticeEntry.Kind.MESSAGE_OUT: (gettext_lazy("Message to a group"), gettext_lazy("Message to the group")),
    NoticeEntry.Kind.DUE_MOVED: (gettext_lazy("Move a due day"), gettext_lazy("Due day moved by a closed day")),
    NoticeEntry.Kind.FORECAST: (gettext_lazy("Tell a forecast"), gettext_lazy("Forecast of the mail told")),
    NoticeEntry.Kind.CHANGED: (gettext_lazy("Change a notice"), gettext_lazy("Notice changed")),
}


@hooks.register("register_log_actions")
def register_log_actions(actions) -> None:
    """The words of the log for each line of a notice's history."""
    for kind, (label, message) in LOG_WORDS.items():
        actions.register_action(f"activities.notice.{kind.value}", label, message)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    return [NOTICE_DESK, NOTICE_RULES, MAGAZINE, STAND_TASKS]


@hooks.register("insert_global_admin_css")
def desk_style() -> str:
    sheets = [(static(f"activities/{name}.css"),) for name in ("desk", "media")]
    return format_html_join("", '<link rel="stylesheet" href="{}">', sheets)


@hooks.register("construct_homepage_panels")
def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may(request, "view"):
        panels.append(NoticesPanel(request))


# A day before which a group does not want to be seen


def _too_early(page: Page) -> Notice | None:
    """An open notice of this page whose day has not come when the page would go live."""
    now = timezone.now()
    moment = max(page.go_live_at or now, now)
    waiting = Notice.objects.filter(page_links__page=page, state__in=OPEN_STATES, not_before_on__isnull=False).order_by(
        "-not_before_on"
    )
    return next((notice for notice in waiting if is_before_not_before(moment, notice.not_before_on)), None)


def _say_too_early(request: HttpRequest, notice: Notice) -> None:
    words = _("Notice %(number)s asks not to be shown before %(day)s. Please set that day as the time of going live.")
    messages.error(request, words % {"number": notice.number, "day": day_words(notice.not_before_on)})


@hooks.register("before_publish_page")
def refuse_too_early(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Publishing before the day that the group asked for is refused; what was typed stays as a draft."""
    notice = _too_early(page)
    if notice is None:
        return None
    _say_too_early(request, notice)
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def refuse_too_early_in_bulk(request: HttpRequest, action_type: str, objects, action_class_instance):
    """The same for several pages at once."""
    if action_type != "publish" or not issubclass(action_class_instance.model, Page):
        return None
    for page in objects:
        if notice := _too_early(page):
            _say_too_early(request, notice)
            return redirect("wagtailadmin_explore_root")
    return None


@hooks.register("after_publish_page")
def warn_of_late_start(request: HttpRequest, page: Page) -> None:
    """A time of going live after the due day warns at once."""
    if page.live or page.go_live_at is None:
        return
    for notice in Notice.objects.filter(page_links__page=page, state__in=OPEN_STATES, due_on__isnull=False):
        if page.go_live_at >= day_end(notice.due_on):
            words = _("Notice %(number)s is due on %(day)s, but the page goes live only after that.")
            messages.warning(request, words % {"number": notice.number, "day": day_words(notice.due_on)})


@hooks.register("after_create_page", order=-1)
@hooks.register("after_edit_page", order=-1)
def read_pdf_of_issue(request: HttpRequest, page: Page) -> None:
    """After an issue was saved: its PDF is noted, and read at once for a person who has pressed a button.

    Comes before the content checks are told, so that they know what became of it. Wagtail has committed by now.
    """
    page = page.specific
    if not isinstance(page, MagazineIssuePage) or page.pdf is None:
        return
    is_person = request.accepts("text/html")
    reading = note_pdf(page.pdf, again=is_person)
    if not is_person or reading.state != PdfReading.State.WAITING:
        return
    reading = read_pdf(reading, now=timezone.now(), seconds=QUICK_SECONDS, is_hasty=True)
    if reading.state == PdfReading.State.READ:
        words = ngettext(
            "The cover was made from the PDF, and %(count)d page was read for the search.",
            "The cover was made from the PDF, and %(count)d pages were read for the search.",
            reading.page_count,
        )
        messages.success(request, words % {"count": reading.page_count})
    elif reading.state == PdfReading.State.WAITING:
        messages.info(request, _("The PDF takes its time. It is read in the background; look again in a few minutes."))
