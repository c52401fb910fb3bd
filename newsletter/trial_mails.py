"""A trial of an issue to staff (試し送り): the mail as readers get it, without a personal link that works.

It changes nothing of the issue and is no edit; the history of the issue names it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log, registry

from center.models import User
from center.outbox import enqueue
from center.queries import centre_settings
from newsletter import log_actions
from newsletter.errors import NotStaff, TooManyTrials
from newsletter.issue_release import preview
from newsletter.models import Issue, MailFormat
from newsletter.rendering import with_note
from newsletter.sending.message import LIST_NAME, MAIL_PATH
from newsletter.slots import TOKEN_SLOT, personal_url

TRIALS_AN_HOUR = 10
"""Mails of one issue that one person may send as a trial in an hour."""
MARK = "【テスト】"
HARMLESS_PATH = "/mail/"
"""Stands for the personal page: the page on which anybody can sign up, and nothing of anybody can be changed."""
NOBODY = "trial-mail-to-staff-00"
"""A token of nobody, as long as a true one: a mail program's own button to leave changes nothing with it."""


@dataclass(frozen=True)
class StaffAddress:
    """Somebody of the staff, or their shared mailbox (`is_shared`), who can get a trial."""

    email: str
    name: str
    is_shared: bool = False


def staff_addresses() -> list[StaffAddress]:
    """Who of the staff may look at issues and has an address, by name, then the shared mailbox. Two queries."""
    codes = ("view_issue", "change_issue")
    in_group = Q(
        groups__permissions__codename__in=codes, groups__permissions__content_type__app_label=Issue._meta.app_label
    )
    by_hand = Q(user_permissions__codename__in=codes, user_permissions__content_type__app_label=Issue._meta.app_label)
    users = User.objects.filter(in_group | by_hand | Q(is_superuser=True), is_active=True).exclude(email="")
    rows = [StaffAddress(user.email, str(user)) for user in users.distinct().order_by("last_name", "username")]
    shared = centre_settings().staff_email
    if shared and shared not in {row.email for row in rows}:
        rows.append(StaffAddress(shared, "", is_shared=True))
    return rows


def send_trial(*, issue: Issue, to: list[str], language: str, mail_format: str, by: User, now: datetime) -> int:
    """Queue the issue as it is now for these addresses of staff; return to how many.

    Raises NotStaff for an address that is not staff's (or none at all), TooManyTrials.
    """
    known = {row.email: row for row in staff_addresses()}
    wanted = list(dict.fromkeys(to))
    if not wanted or any(email not in known for email in wanted):
        raise NotStaff(wanted)
    mail_format = MailFormat(mail_format)
    rendered = with_note(preview(issue, language=language, now=now), _trial_note())
    html = "" if mail_format == MailFormat.TEXT else without_person(rendered.html)
    with transaction.atomic():
        row = Issue.objects.select_for_update().get(pk=issue.pk)
        if _trials_lately(row, by, now) + len(wanted) > TRIALS_AN_HOUR:
            raise TooManyTrials(TRIALS_AN_HOUR)
        for email in wanted:
            enqueue(
                kind="issue-trial",
                to=email,
                subject=f"{MARK}{rendered.subject}",
                text=without_person(rendered.text),
                html=html,
                headers=_list_headers(),
                now=now,
            )
        log(
            instance=row,
            action=log_actions.TRIED,
            user=by,
            timestamp=now,
            data=_log_data(wanted, known, language, mail_format),
        )
    return len(wanted)


def _list_headers() -> dict[str, str]:
    """What an issue's mail carries, so that mail programs show the trial as they will show the issue."""
    page = f"<{settings.SITE_URL}{MAIL_PATH}>"
    return {
        "List-Unsubscribe": f"<{personal_url(NOBODY)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<{LIST_NAME}.{settings.MAIL_DOMAIN}>",
        "List-Help": page,
        "List-Archive": page,
        "List-Post": "NO",
        "Precedence": "bulk",
    }


def _trial_note() -> str:
    with override(settings.LANGUAGE_CODE):
        return _("This is a trial for staff. Readers have not got it. Its link to leave goes to the sign-up page.")


def trials_left(issue: Issue, by: User, *, now: datetime) -> int:
    """How many more this person may send of this issue in this hour."""
    return max(TRIALS_AN_HOUR - _trials_lately(issue, by, now), 0)


def without_person(part: str) -> str:
    """A part of the mail in which the personal address leads to the sign-up page, which can change nothing."""
    harmless = f"{settings.SITE_URL}{HARMLESS_PATH}"
    return part.replace(personal_url(), harmless).replace(TOKEN_SLOT, "")


def _trials_lately(issue: Issue, by: User, now: datetime) -> int:
    entries = registry.get_logs_for_instance(issue).filter(
        action=log_actions.TRIED, user=by, timestamp__gt=now - timedelta(hours=1)
    )
    return sum(entry.data.get("count", 0) for entry in entries)


def _log_data(wanted: list[str], known: dict[str, StaffAddress], language: str, mail_format: MailFormat) -> dict:
    with override(settings.LANGUAGE_CODE):
        names = [known[email].name or _("the staff's mailbox") for email in wanted]
        words = f"{dict(settings.LANGUAGES)[language]}・{mail_format.label}"
    return {"count": len(wanted), "title": "、".join(names), "reason": words}
