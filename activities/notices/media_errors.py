"""What deciding about a medium and marking it can refuse. Services raise these; only views turn them into words."""

from activities.notices.errors import NoticeError


class WebStays(NoticeError):
    """Every notice appears on this site; whoever does not want it there declines the notice."""


class WebIsAutomatic(NoticeError):
    """Whether a notice is on this site is told by its page, not by a mark."""


class NotWanted(NoticeError):
    """The medium is not among those of the notice: staff take it in first, with a reason."""


class NotPublicYet(NoticeError):
    """This site first: there is no public page yet."""


class NotAFacebookAddress(NoticeError):
    """The address is not one of a post on Facebook."""


class PlaceMissing(NoticeError):
    """The magazine needs its issue and page, the stands need their names."""


class BeforeReceipt(NoticeError):
    """It cannot have been told before the notice was received."""


class CopiesMissing(NoticeError):
    """There are fewer paper copies than that."""


class StandMissing(NoticeError):
    """At least one stand has to be chosen."""


class WrongDays(NoticeError):
    """It cannot come down before it went up."""
