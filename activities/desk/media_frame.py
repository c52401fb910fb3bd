"""What staff are told when a service of the media refuses."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from activities.desk.frame import error_words
from activities.facebook import errors as facebook_errors
from activities.notices import media_errors
from activities.notices.errors import NoticeError

SENTENCES: dict[type[NoticeError], str | Promise] = {
    media_errors.WebStays: gettext_lazy(
        "Every notice appears on this site. Whoever does not want that declines the notice."
    ),
    media_errors.WebIsAutomatic: gettext_lazy("Whether it is on this site is told by its page itself."),
    media_errors.NotWanted: gettext_lazy("This medium is not asked for. First take it in, with a reason."),
    media_errors.NotPublicYet: gettext_lazy("This site first: publish the page, then it can be told there."),
    media_errors.NotAFacebookAddress: gettext_lazy("This is not the address of a post on Facebook."),
    media_errors.PlaceMissing: gettext_lazy("Please write where exactly it was told."),
    media_errors.BeforeReceipt: gettext_lazy("This lies before the notice was received. Please check the day."),
    media_errors.CopiesMissing: gettext_lazy("There are fewer copies than that. First write down those that came."),
    media_errors.StandMissing: gettext_lazy("Please write a number of copies for at least one stand."),
    media_errors.WrongDays: gettext_lazy("It cannot come down before it went up. Please check the days."),
    facebook_errors.NotConnected: gettext_lazy("No connection to Facebook is set up. Please post by hand."),
    facebook_errors.AlreadyPosted: gettext_lazy("It is on Facebook already."),
    facebook_errors.AlreadyQueued: gettext_lazy("A post of this notice is under way already."),
    facebook_errors.TextMissing: gettext_lazy("The text is empty. Please write it."),
    facebook_errors.WrongState: gettext_lazy("Meanwhile something else has happened to this post. Please look again."),
}


def media_error_words(error: NoticeError) -> str:
    """What to tell staff when a service of the media refuses."""
    return str(next((words for kind, words in SENTENCES.items() if isinstance(error, kind)), error_words(error)))
