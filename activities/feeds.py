"""What is new among the events, as an Atom feed."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities import models, queries
from activities.calendars import SECONDS_FRESH, plain, selection_title
from activities.event_choice import EventChoice
from center.addresses import full_address
from center.queries import centre_settings

ENTRIES = 40
TAG_YEAR = 2026
"""The year of the tag addresses by which entries are known (RFC 4151); never changed, or every entry is new again."""


@require_safe
def events_feed(request: HttpRequest) -> HttpResponse:
    """`/events/feed.atom`: the 40 public events that were published or changed last, newest first.

    Narrowed like the list of events, but for the time; each selection is a feed of its own, known by its address.
    """
    centre, language = centre_settings(), get_language() or queries.JAPANESE
    choice = EventChoice.of(request.GET, models.Area.objects.all()).without_time()
    asked = choice.address().removesuffix("?")
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    feed = Atom1Feed(
        title=plain(selection_title(choice)),
        link=settings.SITE_URL + reverse("wagtail_serve", args=["events/"]) + asked,
        feed_url=settings.SITE_URL + reverse("events-feed") + asked,
        description="",
        language="en" if language == "en" else "ja",
        author_name=plain(centre.local_name) or host,
    )
    for page in queries.latest_events(now=timezone.now(), filters=choice.filters, language=language)[:ENTRIES]:
        state = "" if page.state == models.EventState.PLANNED else f"【{page.get_state_display()}】"
        sample = f"【{_('sample')}】" if page.is_sample else ""
        lines = [page.change_note, page.when_words, page.venue_words, page.fee_words, page.summary]
        feed.add_item(
            title=plain(f"{state}{sample}{page.title}"),
            link=full_address(page, request),
            description=linebreaksbr(plain("\n".join(str(line) for line in lines if line)), autoescape=True),
            unique_id=f"tag:{host},{TAG_YEAR}:event-{page.translation_key}",
            pubdate=page.first_published_at or page.last_published_at,
            updateddate=page.last_published_at or page.first_published_at,
            categories=[str(page.kind_word)],
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    patch_cache_control(response, public=True, max_age=SECONDS_FRESH)
    return response
