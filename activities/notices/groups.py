"""Registered groups at the notice desk: the link that recognises them, and what they have sent.

A link is mailed to the group's own address (`GroupPage.notice_email`) and to no other. Like that of a status page its
token is made from the secret key, so that it can stand in every mail, and only its hash is stored.
"""

import base64
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac
from wagtail.log_actions import log

from activities.models import GroupLink, GroupPage, Notice
from activities.notices import group_mails
from activities.notices.errors import NoticeError
from activities.notices.limits import may_mail_group_link
from activities.notices.queries import group_of
from center.intake.tokens import hash_token, is_same_token, new_token
from center.models import User
from center.opening import tokyo_date

LINK_LIFE = timedelta(days=365)
MOST_GROUPS = 3
"""So many groups of the same name or address are mailed their links at once."""

_SALT = "activities.notices.groups"


class NoAddress(NoticeError):
    """The group's page has no e-mail address for notices, so no link can be sent."""


# The link


def make_token(serial: str, secret: str | None = None) -> str:
    """The token (22 characters, URL-safe) of the link with that serial."""
    digest = salted_hmac(_SALT, serial, secret=secret or settings.SECRET_KEY, algorithm="sha256").digest()[:16]
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def token_of(link: GroupLink) -> str:
    """The token that opens this link; "" where the secret key it was made with is gone."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = make_token(link.serial, secret)
        if is_same_token(token, link.token_hash):
            return token
    return ""


def link_by_token(token: str, *, now: datetime) -> GroupLink | None:
    """The link that this token opens; None for an unknown, ended or revoked one, and where the group is not shown."""
    link = GroupLink.objects.select_related("group").filter(token_hash=hash_token(token)).first()
    return link if link and link.is_valid_at(now) and link.group.live else None


def address_of(link: GroupLink, name: str = "notices:group") -> str:
    """The full address of a page behind the link, in the active language; host and scheme are settings.SITE_URL."""
    return settings.SITE_URL + reverse(name, args=[token_of(link)])


def valid_link(group: GroupPage, *, now: datetime) -> GroupLink | None:
    """The newest link of the group that still opens and went to the address that the group has now."""
    links = GroupLink.objects.filter(group=group, revoked_at__isnull=True, expires_at__gt=now)
    return next((link for link in links.filter(sent_to__iexact=group.notice_email) if token_of(link)), None)


def issue_link(*, group: GroupPage, by: User | None, now: datetime, is_mailed: bool = True) -> GroupLink:
    """A new link for the group, mailed to its address; older links to other addresses end. Logged.

    `by` is who of the staff did it, None where the group asked or a mail needs it. Raises NoAddress.
    """
    if not group.notice_email:
        raise NoAddress
    with transaction.atomic():
        serial = new_token()
        link = GroupLink.objects.create(
            group=group,
            serial=serial,
            token_hash=hash_token(make_token(serial)),
            sent_to=group.notice_email,
            issued_at=now,
            issued_by=by,
            expires_at=now + LINK_LIFE,
        )
        others = GroupLink.objects.filter(group=group, revoked_at__isnull=True).exclude(pk=link.pk)
        others.exclude(sent_to__iexact=group.notice_email).update(revoked_at=now)
        log(instance=group, action="activities.group.link_issued", user=by, timestamp=now)
        if is_mailed:
            group_mails.send_links(group.notice_email, [(group, address_of(link))], now=now)
    return link


def revoke_links(*, group: GroupPage, by: User | None, now: datetime) -> int:
    """End every link of the group that still opens; return how many. Safe to repeat. Logged."""
    with transaction.atomic():
        count = GroupLink.objects.filter(group=group, revoked_at__isnull=True, expires_at__gt=now).update(
            revoked_at=now
        )
        if count:
            log(instance=group, action="activities.group.links_revoked", user=by, timestamp=now)
    return count


def note_use(link: GroupLink, *, now: datetime) -> None:
    """Something was begun or said with the link. Looking at its page is no use: mail scanners look too."""
    GroupLink.objects.filter(pk=link.pk).update(last_used_at=now)


def link_for_mail(notice: Notice, *, now: datetime) -> str:
    """The address of the group's page for the end of a mail about a notice; "" unless it goes to the group's address.

    A valid link is repeated, the first one is made; after staff have ended the links, none is made by itself.
    """
    group = group_of(notice)
    if group is None or not group.live or not group.notice_email:
        return ""
    if notice.contact_email.casefold() != group.notice_email.casefold():
        return ""
    link = valid_link(group, now=now)
    if link is None and not GroupLink.objects.filter(group=group, revoked_at__isnull=False).exists():
        link = issue_link(group=group, by=None, now=now, is_mailed=False)
    return address_of(link) if link else ""


# Asking for it


def send_links_to(*, asked: str, now: datetime) -> int:
    """Mail their links to the groups of that name or e-mail address; return how many mails were queued.

    Nobody may tell from outside whether a group was found, so the caller answers the same whatever comes back.
    A group without an address, and an address that has had its mails for today, get none.
    """
    by_address: dict[str, list[GroupPage]] = {}
    for group in groups_asked_for(asked):
        by_address.setdefault(group.notice_email.casefold(), []).append(group)
    count = 0
    for address, groups in by_address.items():
        if not may_mail_group_link(address, on=tokyo_date(now)):
            continue
        with transaction.atomic():
            links = [
                (group, valid_link(group, now=now) or issue_link(group=group, by=None, now=now, is_mailed=False))
                for group in groups
            ]
            rows = [(group, address_of(link)) for group, link in links]
            group_mails.send_links(groups[0].notice_email, rows, now=now)
        count += 1
    return count


def groups_asked_for(asked: str) -> list[GroupPage]:
    """The shown Japanese group pages with that name or that address for notices, at most MOST_GROUPS. Width, case and
    spaces do not matter."""
    wanted = _plain(asked)
    rows = GroupPage.objects.live().filter(locale__language_code=settings.LANGUAGE_CODE).exclude(notice_email="")
    found = [
        pk
        for pk, title, address in rows.order_by("pk").values_list("pk", "title", "notice_email")
        if wanted and wanted in (_plain(title), _plain(address))
    ]
    return list(rows.filter(pk__in=found[:MOST_GROUPS]).order_by("pk"))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


# What a group has sent


def notices_of(group: GroupPage) -> QuerySet[Notice]:
    """The notices that a group may see behind its link, newest first: those that are certainly its own, and those in
    its name that were sent from its own address."""
    by_name = Q(
        group__isnull=True, held_at__isnull=True, group_name=group.title, contact_email__iexact=group.notice_email
    )
    mine = Q(group=group) | (by_name if group.notice_email else Q(pk__in=[]))
    return Notice.objects.filter(mine).order_by("-received_at", "-pk")


def recognition(notice: Notice, group: GroupPage | None) -> str:
    """How a notice's group is known: "link" (sent through the group's link), "staff" (chosen by staff), "name" (only
    the name is the same), "" where no group is known."""
    if group is None:
        return ""
    if notice.group_id:
        return notice.group_from or "staff"
    return "name"
