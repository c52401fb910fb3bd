"""What a notice can refuse. Services raise these; only views turn them into words."""

from datetime import date

from wagtail.models import Page


class NoticeError(Exception):
    """Base of everything that a service of notices refuses."""


class NotOpen(NoticeError):
    """The notice is published, declined or withdrawn, so this cannot be done with it any more."""


class StillHeld(NotOpen):
    """The notice may come from a machine: staff release it or discard it before anything else."""


class AlreadySettled(NotOpen):
    """The notice was settled before; what is asked would settle it a second time."""


class NotReturned(NoticeError):
    """Only a notice that was returned can be answered."""


class InTheFuture(NoticeError):
    """A notice cannot have reached the centre later than now."""


class ReasonMissing(NoticeError):
    """A return or a refusal needs words that say why."""


class TooSoon(NoticeError):
    """An unanswered notice may be withdrawn by staff from `from_on` on, not earlier."""

    def __init__(self, from_on: date) -> None:
        super().__init__(from_on.isoformat())
        self.from_on = from_on


class NotAChange(NoticeError):
    """Only a change or a cancellation of something published is marked as applied."""


class ChangesPublished(NoticeError):
    """A change or a cancellation makes no page of its own: it belongs to `page`, which is linked now."""

    def __init__(self, page: Page) -> None:
        super().__init__(page.pk)
        self.page = page


class NoPageChosen(NoticeError):
    """A change or a cancellation without the page it is about: staff choose it first."""


class NoParentPage(NoticeError):
    """The site has no list page under which this kind of page belongs."""


class UnknownField(NoticeError):
    """The data of a notice name something that a notice does not have."""


class NoPageMade(NoticeError):
    """No page was made from this notice, so none can be published or taken back."""


class PageWasPublic(NoticeError):
    """The page was public once, or is scheduled: it is taken down in the editor, never undone."""


class PageInUse(NoticeError):
    """Something else hangs on the page: another notice, a translation, a place in the mail."""


class PageEdited(NoticeError):
    """Somebody has edited the page since it was made; taking it back loses that. `fields` names what, for people."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class PageNotReady(NoticeError):
    """The draft cannot be published as it is. `messages` say why, for people."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages
