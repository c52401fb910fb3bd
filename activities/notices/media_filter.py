"""Which notices were not told yet in a medium: for the filters of the board and for the lists of the stands."""

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from activities.carried import was_carried
from activities.media import Medium
from activities.models import OPEN_STATES, Notice, NoticeMedium, NoticeState, StandDisplay

REFUSED = (NoticeState.DECLINED, NoticeState.WITHDRAWN)


def not_done(notices: QuerySet[Notice], medium: Medium | str) -> QuerySet[Notice]:
    """Those of `notices` that want a medium and were not told there yet; declined and withdrawn ones never."""
    medium = Medium(medium)
    wanting = notices.exclude(state__in=REFUSED)
    if medium == Medium.WEB:
        return wanting.filter(state__in=OPEN_STATES)
    wanting = wanting.annotate(media_words=Cast("media", TextField())).filter(media_words__contains=f'"{medium.value}"')
    if medium == Medium.FACEBOOK:
        return wanting.filter(facebook_posted_at__isnull=True)
    done = Q(pk__in=NoticeMedium.objects.filter(medium=medium, done_at__isnull=False).values("notice_id"))
    if medium == Medium.MAIL:
        done |= Q(pk__in=Notice.objects.filter(was_carried()).values("pk"))
    if medium == Medium.STANDS:
        done |= Q(pk__in=StandDisplay.objects.filter(notice__isnull=False).values("notice_id"))
    return wanting.exclude(done)
