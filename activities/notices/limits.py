"""What one address or one machine may make the forms do in a day (Tokyo)."""

from datetime import date

from django.conf import settings
from django.utils.crypto import salted_hmac

from activities.models import HeldReason
from center.intake.guard import GuardedFormMixin
from center.intake.limits import take

RECEIPTS_A_DAY = 20
"""Receipts to one address. More notices are taken all the same; only the mail is left out, so that nobody can use the
form to fill a stranger's mailbox."""

NOTICES_A_DAY = 300
"""Notices of forms from one machine, which may be a city hall; what comes beyond is held for staff to look at."""

DRAFT_LINKS_A_DAY = 10
"""Links to a draft, to one address: each is asked for with a button."""

MAILS_WITHOUT_PROOF_A_DAY = 3
"""Links to drafts mailed for one machine whose browser did no sum: enough for a person without a script."""

DRAFTS_A_DAY = 1_000
"""New drafts from one machine."""

LOOKS_A_DAY = 20_000
"""Previews and suggestions of places from one machine."""

FILES_A_DAY = 1_000
"""Files of forms from one machine, which may be a city hall or a proxy; more would only fill the disk."""

GROUP_LINKS_A_DAY = 3
"""Mails with a group's link to one address. A group that has lost its mail asks again the next day."""

ASKINGS_A_DAY = 200
"""Requests for links from one machine, which may be a city hall or a proxy."""


def hashed_key(kind: str, value: str) -> str:
    """A key that says nothing about the address in it."""
    return f"{kind}:{salted_hmac('activities.notices.limits', value.lower(), secret=settings.SECRET_KEY).hexdigest()}"


def may_mail_receipt(address: str, *, on: date) -> bool:
    """Whether one more receipt may go to `address` on that day; counts it."""
    return take(hashed_key("notice-receipt", address), on=on, limit=RECEIPTS_A_DAY)


def reason_to_hold(form: GuardedFormMixin, *, client: str, submission: str, is_known: bool, on: date) -> str:
    """Why a valid form is to be held because a machine may have sent it (HeldReason), "" for none; counts it.

    `is_known`: a group that came by its own link is never held. `submission` names what is sent: the same sent again
    is judged as before.
    """
    if is_known:
        return ""
    if reason := form.take_proof(used_for=submission):
        return HeldReason(reason)
    if not take(hashed_key("notice-form", client), on=on, limit=NOTICES_A_DAY):
        return HeldReason.MANY
    return ""


def may_keep_file(client: str, *, on: date) -> bool:
    """Whether one more file from that machine may be kept on that day; counts it."""
    return take(hashed_key("draft-file", client), on=on, limit=FILES_A_DAY)


def may_mail_group_link(address: str, *, on: date) -> bool:
    """Whether one more mail with a group's link may go to `address` on that day; counts it."""
    return take(hashed_key("group-link", address), on=on, limit=GROUP_LINKS_A_DAY)


def may_ask_for_link(client: str, *, on: date) -> bool:
    """Whether that machine may ask for one more link on that day; counts it."""
    return take(hashed_key("group-ask", client), on=on, limit=ASKINGS_A_DAY)


def may_mail_draft(address: str, *, on: date) -> bool:
    """Whether one more link to a draft may go to `address` on that day; counts it."""
    return take(hashed_key("notice-draft-link", address), on=on, limit=DRAFT_LINKS_A_DAY)


def may_ask_for_mail(form: GuardedFormMixin, *, client: str, submission: str, on: date) -> bool:
    """Whether that machine may have one more mail sent by a form that was looked at (`form.is_valid()`).

    With a good proof it may; without one a few times on that day, which counts it.
    """
    if not form.take_proof(used_for=submission):
        return True
    return take(hashed_key("mail-without-proof", client), on=on, limit=MAILS_WITHOUT_PROOF_A_DAY)


def may_start_draft(client: str, *, on: date) -> bool:
    """Whether one more draft may be begun from that machine on that day; counts it."""
    return take(hashed_key("notice-draft", client), on=on, limit=DRAFTS_A_DAY)


def may_look(client: str, *, on: date) -> bool:
    """Whether one more preview may be made for that machine on that day; counts it."""
    return take(hashed_key("notice-look", client), on=on, limit=LOOKS_A_DAY)
