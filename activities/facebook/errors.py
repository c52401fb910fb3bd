"""What posting on Facebook can refuse. Services raise these; only views turn them into words."""

from activities.notices.errors import NoticeError


class NotConnected(NoticeError):
    """No token is set: people post by hand, with the post kit."""


class AlreadyPosted(NoticeError):
    """The notice has its post on Facebook."""


class AlreadyQueued(NoticeError):
    """A post of this notice waits, is under way, or is uncertain."""


class TextMissing(NoticeError):
    """A post needs words."""


class WrongState(NoticeError):
    """In this state of the post it cannot be done."""
