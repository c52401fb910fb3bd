"""Hooks of the editor for subscribers: three entries in the group of the support mail."""

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from newsletter.subscriber_viewsets import ConsentViewSet, SubscriberViewSet, SuppressionViewSet


@hooks.register("register_admin_viewset")
def register_subscribers() -> list[ViewSet]:
    """Who gets the mail, what they agreed to, who must not be mailed."""
    return [SubscriberViewSet(), ConsentViewSet(), SuppressionViewSet()]
