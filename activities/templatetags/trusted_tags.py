"""What the rule of trusted groups does with a notice, for the part of the detail screen that says so."""

from django import template
from django.utils import timezone

from activities.models import Notice
from activities.notices.trusted import TrustedVerdict, verdict_of

register = template.Library()


@register.simple_tag
def trusted_verdict(notice: Notice) -> TrustedVerdict:
    """Whether this notice would be published by itself, each condition in words."""
    return verdict_of(notice, now=timezone.now())
