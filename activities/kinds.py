"""The kinds of notice that a group can send."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoticeKind(TextChoices):
    """What a notice is about; decides its page type, its media and its place on the desk."""

    EVENT = "event", _("event or lecture")
    CALL = "call", _("call for members or volunteers")
    GRANT = "grant", _("grant")
    REPORT = "report", _("report")
    MATCH = "match", _("wanted or offered")
    CHANGE = "change", _("change of something published")
    CANCELLATION = "cancellation", _("cancellation")
    OTHER = "other", _("other")

    @property
    def changes_published(self) -> bool:
        """Is it about something that is already public? Then it is done when the page shows it."""
        return self in (NoticeKind.CHANGE, NoticeKind.CANCELLATION)
