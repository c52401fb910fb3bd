"""Hooks of the editor for subscribers."""

from wagtail import hooks

from newsletter.subscriber_viewsets import SubscribersGroup


@hooks.register("register_admin_viewset")
def register_subscribers() -> SubscribersGroup:
    return SubscribersGroup()
