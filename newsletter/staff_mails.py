"""Mails to the staff about issues: what is held, what did not leave, what is missing. In Japanese, to one mailbox."""

import logging
from datetime import datetime

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from center.japanese.dates import day_words, time_words
from center.outbox import enqueue
from center.queries import centre_settings
from newsletter.facts import UNDER_WAY
from newsletter.findings import CHANGES_JOINT
from newsletter.models import Issue

logger = logging.getLogger(__name__)
LANGUAGE = settings.LANGUAGE_CODE


def tell_held(issue: Issue, holds: list[dict], *, now: datetime, key: str) -> None:
    """The issue did not leave at its time."""
    with override(LANGUAGE):
        _send(
            "issue-held",
            _("%(issue)s is held") % {"issue": issue.subject},
            [
                _("It was to leave on %(moment)s and was held, because something is not what was approved.")
                % {"moment": _moment(issue.send_at)},
                "",
                *_hold_lines(holds),
                "",
                _("Close it for items again and have it approved, or cancel it, by midnight of its send day."),
                _address(issue),
            ],
            now=now,
            key=key,
        )


def tell_coming_hold(issue: Issue, holds: list[dict], *, now: datetime, key: str) -> None:
    """The issue would be held if its time were now."""
    with override(LANGUAGE):
        _send(
            "issue-will-be-held",
            _("%(issue)s will be held as it is") % {"issue": issue.subject},
            [
                _("It is to leave on %(moment)s. Since its approval something has changed:")
                % {"moment": _moment(issue.send_at)},
                "",
                *_hold_lines(holds),
                "",
                _("Close it for items again and have it approved."),
                _address(issue),
            ],
            now=now,
            key=key,
        )


def tell_paused(issue: Issue, holds: list[dict], *, now: datetime, key: str) -> None:
    """A fact changed while the issue was being sent."""
    with override(LANGUAGE):
        _send(
            "issue-paused",
            _("%(issue)s is paused while being sent") % {"issue": issue.subject},
            [
                *_hold_lines(holds),
                "",
                _("Go on with what was approved, or cancel the rest."),
                _address(issue),
            ],
            now=now,
            key=key,
        )


def tell_not_sent(issue: Issue, *, now: datetime) -> bool:
    """The monthly mail has not left by its day; True where this is told now."""
    with override(LANGUAGE):
        return _send(
            "issue-not-sent",
            _("%(issue)s has not left") % {"issue": issue.subject},
            [
                _("Its sending stopped on the way. Go on with it, or cancel the rest.")
                if issue.state in UNDER_WAY
                else _("It was to leave by midnight of %(day)s. Set a new send moment within its month, or cancel it.")
                % {"day": day_words(issue.send_at)},
                _address(issue),
            ],
            now=now,
            key=f"issue-not-sent:{issue.pk}:{issue.send_at:%Y%m%d}",
        )


def tell_missing(year: int, month: int, *, now: datetime) -> bool:
    """There is no monthly issue of next month; True where this is told now."""
    with override(LANGUAGE):
        return _send(
            "issue-missing",
            _("There is no support mail for %(month)s") % {"month": f"{month}月"},
            [_("No monthly issue of %(year)d-%(month)02d is drafted.") % {"year": year, "month": month}],
            now=now,
            key=f"issue-missing:{year}-{month:02}",
        )


def tell_drafted(issue: Issue, *, now: datetime) -> bool:
    """The day on which staff begin with the issue has come; True where this is told now."""
    with override(LANGUAGE):
        words = {"cutoff": _moment(issue.cutoff_at), "send": _moment(issue.send_at)}
        return _send(
            "issue-drafted",
            _("%(issue)s can be put together") % {"issue": issue.subject},
            [_("Its cutoff is %(cutoff)s, and it is to be sent on %(send)s.") % words, _address(issue)],
            now=now,
            key=f"issue-drafted:{issue.pk}",
        )


def tell_change_after_mail(title: str, detail: str, *, now: datetime, key: str) -> bool:
    """A page that was mailed is different now; True where this is told now."""
    with override(LANGUAGE):
        return _send(
            "page-changed-after-mail",
            _("Changed after it was mailed: %(title)s") % {"title": title},
            [
                detail,
                "",
                _("The next issue tells it as a correction. If it is over before that, send an extra issue."),
            ],
            now=now,
            key=key,
        )


def _send(kind: str, subject: str, lines: list[str], *, now: datetime, key: str) -> bool:
    centre = centre_settings()
    to = centre.staff_email or centre.email
    if not to:
        logger.info("%s: no staff mailbox is set", kind)
        return False
    row = enqueue(kind=kind, to=to, subject=subject, text="\n".join(lines), dedupe_key=key[:120], now=now)
    return row.created_at == now


def _hold_lines(holds: list[dict]) -> list[str]:
    """Each page with what is the matter; below it, line by line, what differs."""
    lines = []
    for hold in holds:
        lines.append(f"・{hold['subject']}：{hold['label']}" if hold["subject"] else f"・{hold['label']}")
        lines += [f"　{part}" for part in hold["detail"].split(CHANGES_JOINT) if part]
    return lines


def _moment(moment: datetime) -> str:
    return day_words(moment) + time_words(moment)


def _address(issue: Issue) -> str:
    try:
        return f"{settings.SITE_URL}{reverse('issues:show', args=[issue.pk])}"
    except NoReverseMatch:
        return f"{settings.SITE_URL}/admin/"
