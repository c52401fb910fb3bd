"""Posts for Facebook: queued by staff, sent by the tick, never twice by a machine.

A tick claims a post before it calls, so that of two ticks one posts. What was claimed and never finished (the process
died) becomes uncertain: people look and decide.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from wagtail.models import Page

from activities.facebook import client, texts
from activities.facebook.client import Account, Answer, Outcome
from activities.facebook.errors import AlreadyPosted, AlreadyQueued, NotConnected, TextMissing, WrongState
from activities.media import Medium
from activities.models import FacebookPost, FacebookState, Notice, NoticeEntry, NoticeState
from activities.notices.errors import NoticeError
from activities.notices.history import add_entry, locked
from activities.notices.media_errors import NotPublicYet, NotWanted
from activities.notices.media_marks import mark_medium
from center.models import User
from center.visibility import publicly_visible

POSTS_A_TICK = 3
"""So that a slow Facebook holds up a tick for two minutes at most."""
WAITS = (5, 15, 60, 180, 360, 720)
"""Minutes after the first, second … attempt that was put off; after the last of them it is given up."""
LONGEST_WAIT = timedelta(hours=24)
LOST_AFTER = timedelta(minutes=10)
"""A claim older than this belongs to a process that is gone."""
AUTOMATIC_DAYS = 3
"""Posted by itself only as long as the promise runs: an old notice is not dug out when somebody sets a token."""
OPEN = (FacebookState.WAITING, FacebookState.POSTING, FacebookState.UNCERTAIN)
STOPPED = (FacebookState.REFUSED, FacebookState.UNCERTAIN, FacebookState.GIVEN_UP)
Poster = Callable[..., Answer]


def account() -> Account | None:
    """The page that is posted to; None where no token is set."""
    if not (settings.FACEBOOK_PAGE_ID and settings.FACEBOOK_PAGE_TOKEN):
        return None
    return Account(settings.FACEBOOK_PAGE_ID, settings.FACEBOOK_PAGE_TOKEN, settings.FACEBOOK_GRAPH_URL)


def public_page(notice: Notice, *, now: datetime) -> Page | None:
    """The page that a post tells of, as its own type: the one made from the notice, or the one a change is about.

    None as long as the notice is not published or nobody may read the page.
    """
    if notice.state != NoticeState.PUBLISHED:
        return None
    links = notice.page_links.order_by("-is_main", "pk").values_list("page_id", flat=True)
    wanted = [pk for pk in (notice.about_page_id, *links) if pk]
    pages = {page.pk: page for page in publicly_visible(Page.objects.filter(pk__in=wanted), now=now)}
    return next((pages[pk].specific for pk in wanted if pk in pages), None)


def queue_post(*, notice: Notice, text: str, by: User | None, now: datetime) -> FacebookPost:
    """Let the machine post a notice. Raises NotConnected, TextMissing, NotWanted, NotPublicYet, AlreadyPosted,
    AlreadyQueued."""
    if account() is None:
        raise NotConnected
    text = texts.cleaned(text)
    if not text:
        raise TextMissing
    with transaction.atomic():
        row = locked(notice)
        if Medium.FACEBOOK.value not in (row.media or []):
            raise NotWanted
        if row.facebook_posted_at:
            raise AlreadyPosted
        if row.facebook_posts.filter(state__in=OPEN).exists():
            raise AlreadyQueued
        page = public_page(row, now=now)
        if page is None:
            raise NotPublicYet
        row.facebook_posts.filter(state__in=STOPPED).update(state=FacebookState.CANCELLED)
        return FacebookPost.objects.create(
            notice=row, page_id=page.pk, text=text, queued_at=now, queued_by=by, next_try_at=now
        )


def cancel_post(*, post: FacebookPost, by: User | None, now: datetime) -> None:
    """Take back a post that waits. Raises WrongState once the machine has it in hand."""
    if not FacebookPost.objects.filter(pk=post.pk, state=FacebookState.WAITING).update(state=FacebookState.CANCELLED):
        raise WrongState
    post.refresh_from_db()


def post_again(*, post: FacebookPost, by: User | None, now: datetime) -> None:
    """A person has looked: it is not on Facebook, so the machine may try again. Raises WrongState, AlreadyPosted."""
    with transaction.atomic():
        notice = locked(post.notice)
        if notice.facebook_posted_at:
            raise AlreadyPosted
        others = notice.facebook_posts.filter(state__in=OPEN).exclude(pk=post.pk)
        waiting = {
            "state": FacebookState.WAITING,
            "attempts": 0,
            "next_try_at": now,
            "error_code": "",
            "error_text": "",
        }
        if others.exists() or not FacebookPost.objects.filter(pk=post.pk, state__in=STOPPED).update(**waiting):
            raise WrongState
    post.refresh_from_db()


def confirm_posted(*, post: FacebookPost, url: str, posted_at: datetime, by: User | None, now: datetime) -> None:
    """A person has looked: it is on Facebook, at this address. Raises WrongState and whatever `mark_medium` raises."""
    with transaction.atomic():
        if not FacebookPost.objects.filter(pk=post.pk, state__in=STOPPED).exists():
            raise WrongState
        mark_medium(notice=post.notice, medium=Medium.FACEBOOK, done_at=posted_at, url=url, by=by, now=now)
        post.notice.refresh_from_db()
        FacebookPost.objects.filter(pk=post.pk).update(
            state=FacebookState.POSTED, url=post.notice.facebook_url, posted_at=posted_at
        )
    post.refresh_from_db()


# The tick


def tick_facebook(*, now: datetime, poster: Poster = client.post) -> dict[str, int]:
    """Post what waits; returns how many ended in each way. Safe to repeat, and beside another tick.

    Nothing here is inside a transaction while Facebook is called. After an answer that says "later" or none at all
    the rest waits for the next tick.
    """
    lost = FacebookPost.objects.filter(state=FacebookState.POSTING, claimed_at__lt=now - LOST_AFTER)
    counts = {"facebook_lost": lost.update(state=FacebookState.UNCERTAIN, error_code="lost")}
    account_now = account()
    if account_now is None:
        return counts
    if settings.FACEBOOK_AUTOMATIC:
        counts["facebook_queued"] = queue_new_notices(now=now)
    for _attempt in range(POSTS_A_TICK):
        post = _claim(now)
        if post is None:
            break
        outcome = _send(post, account_now, poster, now=now)
        counts[f"facebook_{outcome}"] = counts.get(f"facebook_{outcome}", 0) + 1
        if outcome in (Outcome.LATER.value, Outcome.UNCERTAIN.value):
            break
    return counts


def queue_new_notices(*, now: datetime) -> int:
    """Queue every notice for Facebook that was published lately and never queued; for the automatic way."""
    since = now - timedelta(days=AUTOMATIC_DAYS)
    fresh = Notice.objects.filter(state=NoticeState.PUBLISHED, facebook_posted_at__isnull=True, facebook_posts=None)
    queued = 0
    for notice in fresh.filter(Q(public_since__gte=since) | Q(applied_at__gte=since)).order_by("settled_at", "pk"):
        page = public_page(notice, now=now)
        if page is None or Medium.FACEBOOK.value not in (notice.media or []):
            continue
        queue_post(notice=notice, text=texts.post_text(page, notice=notice), by=None, now=now)
        queued += 1
    return queued


def _claim(now: datetime) -> FacebookPost | None:
    """The next post that is due, taken in hand by this tick alone."""
    due = FacebookPost.objects.filter(state=FacebookState.WAITING, next_try_at__lte=now)
    for pk in due.order_by("next_try_at", "pk").values_list("pk", flat=True)[: POSTS_A_TICK * 2]:
        mine = FacebookPost.objects.filter(pk=pk, state=FacebookState.WAITING)
        if mine.update(state=FacebookState.POSTING, claimed_at=now, attempts=F("attempts") + 1):
            return FacebookPost.objects.select_related("notice").get(pk=pk)
    return None


def _send(post: FacebookPost, account_now: Account, poster: Poster, *, now: datetime) -> str:
    """Call Facebook for a claimed post and note the answer; return the outcome's word."""
    page = public_page(post.notice, now=now)
    is_wanted = Medium.FACEBOOK.value in (post.notice.media or [])
    if page is None or not is_wanted or post.notice.facebook_posted_at:
        _settle(post, state=FacebookState.CANCELLED, error_code="gone")
        return "cancelled"
    image = texts.picture(page) if texts.main_image(page) else None
    answer = poster(account_now, text=post.text, link=texts.page_address(page), image=image)
    if answer.outcome == Outcome.POSTED:
        _posted(post, answer, now=now)
    elif answer.outcome == Outcome.LATER:
        _put_off(post, answer, now=now)
    else:
        state = FacebookState.REFUSED if answer.outcome == Outcome.REFUSED else FacebookState.UNCERTAIN
        _settle(post, state=state, error_code=answer.code[:20], error_text=answer.words)
        _tell(post, answer, state=state, now=now)
    return answer.outcome.value


def _posted(post: FacebookPost, answer: Answer, *, now: datetime) -> None:
    url = f"https://www.facebook.com/{answer.post_id}"
    stored = {"post_id": answer.post_id, "url": url, "posted_at": now, "error_code": "", "error_text": ""}
    _settle(post, state=FacebookState.POSTED, **stored)
    try:
        mark_medium(notice=post.notice, medium=Medium.FACEBOOK, done_at=now, url=url, by=None, now=now)
    except NoticeError:  # withdrawn, or left out, while Facebook was called: the post's own row still tells of it
        add_entry(post.notice, NoticeEntry.Kind.CHANGED, at=now, data={"field": "facebook"}, text=url, is_public=False)


def _put_off(post: FacebookPost, answer: Answer, *, now: datetime) -> None:
    if post.attempts > len(WAITS):
        _settle(post, state=FacebookState.GIVEN_UP, error_code=answer.code[:20], error_text=answer.words)
        _tell(post, answer, state=FacebookState.GIVEN_UP, now=now)
        return
    wait = timedelta(minutes=WAITS[post.attempts - 1])
    if answer.retry_seconds is not None:
        wait = min(max(wait, timedelta(seconds=answer.retry_seconds)), LONGEST_WAIT)
    _settle(
        post,
        state=FacebookState.WAITING,
        next_try_at=now + wait,
        error_code=answer.code[:20],
        error_text=answer.words,
    )


def _settle(post: FacebookPost, **values) -> None:
    """Write the end of a claimed post; one that somebody took out of our hands meanwhile is left alone."""
    FacebookPost.objects.filter(pk=post.pk, state=FacebookState.POSTING).update(**values)


def _tell(post: FacebookPost, answer: Answer, *, state: FacebookState, now: datetime) -> None:
    data = {"field": "facebook", "state": state.value, "code": answer.code}
    add_entry(post.notice, NoticeEntry.Kind.CHANGED, at=now, data=data, is_public=False)
