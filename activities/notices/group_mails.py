"""The mails to a registered group as such: its link, and the yearly question. Words: templates/notices/mail/group_*."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from activities.models import GroupPage
from center.outbox import enqueue
from center.queries import centre_settings


def send_links(address: str, links: Iterable[tuple[GroupPage, str]], *, now: datetime) -> None:
    """The link of each group that has this address."""
    _send(address, "group_link", _("The link of your group"), {"links": list(links)}, now=now)


def send_question(group: GroupPage, *, context: dict, is_reminder: bool, asked_on: datetime, now: datetime) -> None:
    """Is the page still right? With what it says in short, and two links: yes, and something to put right."""
    _send(
        group.notice_email,
        "group_check",
        _("Is the page of your group still right?"),
        {"group": group, "is_reminder": is_reminder, **context},
        now=now,
        dedupe_key=f"group-check-{group.pk}-{asked_on:%Y%m%d}-{'again' if is_reminder else 'first'}",
    )


def _send(
    address: str, template: str, subject: str, context: dict, *, now: datetime, dedupe_key: str | None = None
) -> None:
    text = render_to_string(f"notices/mail/{template}.txt", {"centre": centre_settings(), **context})
    enqueue(
        kind=template.replace("_", "-"),
        to=address,
        subject=subject,
        text=re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n",
        holds_token=True,
        dedupe_key=dedupe_key,
        now=now,
    )
