"""What went wrong with a post, and what to do now, in the words of people. Pure."""

from django.utils.translation import gettext as _

from activities.models import FacebookPost, FacebookState

TOKEN_CODES = ("190", "102")
PERMISSION_CODES = ("10", "200", "3", "299")
BUSY_CODES = ("4", "17", "32", "341", "368", "613", "http-429")


def trouble_words(post: FacebookPost) -> str:
    """One or two sentences for staff: what happened and what helps; "" where nothing went wrong."""
    if not post.error_code:
        return ""
    if post.state == FacebookState.UNCERTAIN:
        return _(
            "Facebook did not answer clearly, so it may have been posted. Please look at the centre's page on Facebook."
        )
    if post.error_code in TOKEN_CODES:
        return _(
            "Our token for Facebook has run out. Ask whoever runs the system for a new one; post by hand until then."
        )
    if post.error_code in PERMISSION_CODES:
        return _("Our token may not post on this page. Ask whoever runs the system; post by hand until then.")
    if post.error_code == "100":
        return _("Facebook does not accept the words or the picture. Shorten the text, or post by hand.")
    if post.error_code in BUSY_CODES:
        return _("Facebook asks us to wait, because there were many posts. It is tried again by itself.")
    if post.error_code in ("unreachable", "certificate"):
        return _("Facebook could not be reached. It is tried again by itself.")
    if post.error_code == "gone":
        return _("The page was no longer public, or the notice had been posted, so nothing was posted.")
    if post.error_code == "address":
        return _("The address of Facebook in the settings is wrong. Ask whoever runs the system.")
    return _("Facebook did not accept it. Please post by hand.")
