"""The deadline of one grant as a calendar file, for one's own diary or phone."""

from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Alarm, Calendar, Event, vUri

from activities import models, queries
from activities.calendars import SECONDS_FRESH, plain
from center.addresses import full_address

REMIND_DAYS_BEFORE = 7


@require_safe
def grant_deadline(request: HttpRequest, slug: str) -> HttpResponse:
    """`/grants/<address part>/deadline.ics`; 404 where the grant is not public or has no deadline."""
    now, language = timezone.now(), get_language() or queries.JAPANESE
    page = queries.grant_with_deadline(slug, now=now, language=language)
    if page is None:
        raise Http404
    calendar = Calendar()
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    calendar.add("prodid", f"-//{host}//assist-park//JA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_entry(page, request, host))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{page.slug}-deadline.ics"'
    patch_cache_control(response, public=True, max_age=SECONDS_FRESH)
    return response


def _entry(page: "models.GrantPage", request: HttpRequest, host: str) -> Event:
    """The day of the deadline, as a whole day: a day has no time zone. Reminded of a week before."""
    entry = Event()
    changed_at = (page.last_published_at or page.first_published_at or timezone.now()).astimezone(UTC)
    entry.add("uid", f"{page.translation_key}-deadline@{host}")
    entry.add("dtstamp", changed_at)
    entry.add("last-modified", changed_at)
    entry.add("sequence", page.live_revision_id or 0)
    entry.add("dtstart", page.closes_on)
    entry.add("dtend", page.closes_on + timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    sample = f"【{_('sample')}】" if page.is_sample else ""
    title = plain(_("【deadline】%(title)s") % {"title": sample + page.title})
    entry.add("summary", title)
    entry.add("status", "CANCELLED" if page.is_cancelled else "CONFIRMED")
    address = full_address(page, request)
    entry.add("url", vUri(address))
    lines = [page.deadline_words, page.funder, page.amount_words, page.applicants_text, page.contact_phone]
    entry.add("description", plain("\n".join([*(str(line) for line in lines if line), address])))
    if not page.is_cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(days=-REMIND_DAYS_BEFORE))
        entry.add_component(alarm)
    return entry
