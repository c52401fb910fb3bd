"""On the first screen: posts for Facebook that need a person, and flyers that come down today."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.ui.components import Component

from activities.desk.frame import NAMESPACE, may
from activities.facebook.services import STOPPED
from activities.facebook.words import trouble_words
from activities.models import FacebookPost
from activities.notices.stands import take_down_tasks
from center.opening import tokyo_date

MOST_POSTS = 5


class MediaPanel(Component):
    """Shown only where there is something to do."""

    name = "media"
    order = 52
    template_name = "activities/admin/media_home_panel.html"

    def get_context_data(self, parent_context) -> dict:
        today = tokyo_date(timezone.now())
        waiting = FacebookPost.objects.filter(state__in=STOPPED, notice__facebook_posted_at__isnull=True)
        posts = [
            (post, trouble_words(post), reverse(f"{NAMESPACE}:facebook", args=[post.notice_id]))
            for post in waiting.select_related("notice")[:MOST_POSTS]
        ]
        return {"posts": posts, "flyer_count": len(take_down_tasks(today=today, until=today))}


@hooks.register("construct_homepage_panels")
def add_media_panel(request: HttpRequest, panels: list[Component]) -> None:
    if may(request, "change"):
        panels.append(MediaPanel())
