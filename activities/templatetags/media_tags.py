"""What the screens of the desk say of the media of a notice."""

from django import template

from activities.facebook.words import trouble_words
from activities.models import FacebookPost, FacebookState, Notice

register = template.Library()


@register.simple_tag
def facebook_post(notice: Notice) -> FacebookPost | None:
    """The last post that the machine was asked for, unless it was taken back."""
    return notice.facebook_posts.exclude(state=FacebookState.CANCELLED).order_by("-queued_at", "-pk").first()


@register.filter
def trouble(post: FacebookPost | None) -> str:
    """What went wrong with a post and what helps; "" where nothing did."""
    return trouble_words(post) if post and post.state != FacebookState.POSTED else ""
