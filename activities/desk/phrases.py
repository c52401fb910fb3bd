"""Ready words for returns and refusals: a beginning that staff may change. In Japanese, as the groups read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import ReturnReason

RETURN_PHRASES: dict[str, Promise] = {
    ReturnReason.FACTS_MISSING: _(
        "So that readers can come, please tell us what is still missing: the day and hour, the place, or whom to ask."
    ),
    ReturnReason.ORGANISER_UNKNOWN: _("Please tell us who organises it, and the name that shall stand on the page."),
    ReturnReason.NO_TEXT: _(
        "Please write in a few sentences what it is and for whom. Two or three lines are enough; we put them beside"
        " the flyer."
    ),
    ReturnReason.BAD_ATTACHMENT: _(
        "We could not open the file. Please send it as a PDF or a picture (JPEG, PNG), or bring it to the counter."
    ),
    ReturnReason.NO_PHOTO_CONSENT: _(
        "Please ask the people in the photo whether it may be shown. A photo without faces will do just as well."
    ),
    ReturnReason.CRITERIA: _(
        "Before we can publish it we would like to hear a little more from you. Please give us a call."
    ),
    ReturnReason.OTHER: "",
}
"""What stands in the message field when a reason is chosen."""

WISH_TAKEN = _("We have changed it as you wished. Please tell us if anything is still not right.")
"""To a group whose wish has just been taken over."""
SAME_AGAIN = _("We have received the same notice before and publish that one.")
DECLINE_PHRASES: list[Promise] = [
    _("We are sorry: it does not fit our posting criteria, because it is for profit."),
    _("We are sorry: it does not fit our posting criteria, because it is about a religion or a party."),
    SAME_AGAIN,
    _("It was over before we could publish it. We would be glad to hear from you again next time."),
    _("It is not about an activity of citizens in our city or near it."),
]
"""Reasons of a refusal that come again and again."""
