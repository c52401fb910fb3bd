"""The back numbers as an Atom feed."""

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from center.queries import centre_settings
from newsletter import mailed_issues

ENTRIES = 20


def back_number_feed(request: HttpRequest) -> HttpResponse:
    """`/mail/feed.atom`: the latest 20 back numbers, newest first; full addresses from settings.SITE_URL.

    An entry is published when its mail left, and updated when a note about it was added.
    """
    centre, language = centre_settings(), get_language()
    issues = list(mailed_issues.mailed_issues().annotate(noted_at=Max("notes__at"))[:ENTRIES])
    subjects = mailed_issues.subjects(issues, language)
    feed = Atom1Feed(
        title=f"{_('Support mail')}｜{centre.local_nickname or centre.local_name}",
        link=_full("mail-signup"),
        feed_url=_full("mail-feed"),
        description="",
        language="en" if language == "en" else "ja",
        author_name=centre.local_name or _("Support mail"),
    )
    for issue in issues:
        feed.add_item(
            title=f"{mailed_issues.issue_words(issue)}　{subjects.get(issue.pk, issue.subject)}",
            link=_full("mail-back-number", issue.slug),
            description=issue.preheader,
            unique_id=_full("mail-back-number", issue.slug),
            pubdate=issue.mailed_at,
            updateddate=max(filter(None, (issue.mailed_at, issue.noted_at))),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _full(name: str, *args: str) -> str:
    return settings.SITE_URL + reverse(name, args=args)
