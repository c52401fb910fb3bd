"""Why an issue cannot be approved yet, what to look at, and what stops its sending. Stable codes; the label is shown.

Why a page is in or out stands in `center.pages` (InReason, OutReason), because the pages themselves give those reasons.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BlockerCode(TextChoices):
    """What blocks the approval of an issue."""

    ENTITLED = "entitled", _("a notice due by the cutoff is not settled")
    NOT_PUBLIC = "not_public", _("item is not public now")
    RESTRICTED = "restricted", _("item is restricted")
    NO_ANSWER = "no_answer", _("the page of the item does not open")
    GOES_DOWN = "goes_down", _("item will be taken down before the mail leaves")
    KEY_FACTS = "key_facts", _("key facts changed since the issue was closed")
    ITEMS_CHANGED = "items_changed", _("items changed since the issue was closed")
    OPEN_CHANGE = "open_change", _("a notice of change or cancellation is open")
    NOT_USEFUL = "not_useful", _("no longer of use when the mail leaves")
    NO_TEXT = "no_text", _("the text part is missing")
    NO_SENDER = "no_sender", _("the sender's name is missing")
    NO_ADDRESS = "no_address", _("the postal address is missing")
    NO_CONTACT = "no_contact", _("the contact is missing")
    NO_UNSUBSCRIBE = "no_unsubscribe", _("the way to unsubscribe is missing")
    EMPTY = "empty", _("there is no item")
    CLOSED_DAY = "closed_day", _("the send day is a closed day")
    SEND_PASSED = "send_passed", _("the send day has passed")
    SAME_PERSON = "same_person", _("whoever edited last may not approve")


class WarningCode(TextChoices):
    """What staff should look at; nothing of it blocks."""

    SOON = "soon", _("begins, ends or closes within three days of the mail")
    EDITED = "edited", _("edited since the issue was closed")
    ENTITLED_UNTAGGED = "entitled_untagged", _("page of a due notice has no tag")
    ONLY_ATTACHMENT = "only_attachment", _("the details are only in an attachment")
    NO_ALT = "no_alt", _("image without a description")
    LONG_SUBJECT = "long_subject", _("the subject is longer than 25 full-width characters")
    LARGE_HTML = "large_html", _("the HTML is larger than 90,000 bytes")
    EMPTY_SECTION = "empty_section", _("a usual section is empty")
    TRANSLATION_MISSING = "translation_missing", _("not translated")
    TRANSLATION_STALE = "translation_stale", _("the translation is older than the page")
    BROKEN_LINK = "broken_link", _("a link inside the page leads nowhere")
    UNSEEN_TRUSTED = "unseen_trusted", _("published by the rule of trusted groups, not looked at yet")
    LOGGED_LATE = "logged_late", _("a due notice was entered after the approval")
    SHORT_PREPARATION = "short_preparation", _("fewer than two open days between cutoff and mail")
    CLOSED_DAY_LATER = "closed_day_later", _("the send day has become a closed day")
    OVER_BEFORE_CORRECTION = "over_before_correction", _("it changed after it was mailed and is over before this issue")
    TAKEN_DOWN = "taken_down", _("it was taken down after it was mailed")


class HoldCode(TextChoices):
    """Why an approved issue does not leave."""

    NOT_PUBLIC = "not_public", _("item is not public any more")
    RESTRICTED = "restricted", _("item is restricted")
    DELETED = "deleted", _("the page of the item was deleted")
    NO_ANSWER = "no_answer", _("the page of the item does not open")
    KEY_FACTS = "key_facts", _("key facts changed since the issue was closed")
    NOT_USEFUL = "not_useful", _("no longer of use when the mail leaves")
    SEND_PASSED = "send_passed", _("the send day has passed")
