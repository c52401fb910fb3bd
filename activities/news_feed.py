"""The news as an Atom feed."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities import models, queries
from activities.calendars import SECONDS_FRESH, plain
from activities.feeds import ENTRIES, TAG_YEAR
from activities.listing import known
from activities.news_board import is_call_over
from center.addresses import full_address
from center.queries import centre_settings


@require_safe
def news_feed(request: HttpRequest) -> HttpResponse:
    """`/news/feed.atom`: the 40 newest pieces of public news, newest first; `?kind=call` those of one kind."""
    now, centre, language = timezone.now(), centre_settings(), get_language() or queries.JAPANESE
    kind = known(request.GET, "kind", models.NewsKind.values)
    asked = f"?kind={kind}" if kind else ""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    name = models.NewsKind(kind).label if kind else pgettext("menu", "News")
    feed = Atom1Feed(
        title=plain(f"{name}｜{centre.local_nickname or centre.local_name}"),
        link=settings.SITE_URL + reverse("wagtail_serve", args=["news/"]) + asked,
        feed_url=settings.SITE_URL + reverse("news-feed") + asked,
        description="",
        language="en" if language == "en" else "ja",
        author_name=plain(centre.local_name) or host,
    )
    for page in queries.news(now=now, kind=kind, language=language)[:ENTRIES]:
        state = f"【{pgettext('application', 'closed')}】" if is_call_over(page, now) else ""
        sample = f"【{_('sample')}】" if page.is_sample else ""
        until = _("until %(day)s") % {"day": page.deadline_words} if page.deadline_on and page.deadline_words else ""
        lines = [page.group.title if page.group else "", until, page.summary]
        feed.add_item(
            title=plain(f"{state}{sample}{page.title}"),
            link=full_address(page, request),
            description=linebreaksbr(plain("\n".join(str(line) for line in lines if line)), autoescape=True),
            unique_id=f"tag:{host},{TAG_YEAR}:news-{page.translation_key}",
            pubdate=page.first_published_at or page.last_published_at,
            updateddate=page.last_published_at or page.first_published_at,
            categories=[str(page.get_kind_display())],
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    patch_cache_control(response, public=True, max_age=SECONDS_FRESH)
    return response
