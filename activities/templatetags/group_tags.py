"""What staff see of a group at the notice desk: how it is known, and its link."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import GroupLink, GroupPage, Notice
from activities.notices.groups import recognition, valid_link

register = template.Library()

KNOWN_FROM = {
    "link": _("from the link"),
    "staff": _("chosen by staff"),
    "name": _("from the name"),
}


@register.simple_tag
def known_from(notice: Notice, group: GroupPage | None):
    """How a notice's group is known, in words; "" where none is known."""
    return KNOWN_FROM.get(recognition(notice, group), "")


@register.simple_tag
def link_of(group: GroupPage | None, now: datetime | None = None) -> GroupLink | None:
    """The link with which the group opens its page now; None where it has none."""
    return valid_link(group, now=now or timezone.now()) if group and group.notice_email else None
