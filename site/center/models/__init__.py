"""Index of the ground floor's models."""

from center.models.limit import LimitHit
from center.models.media import CentreDocument, CentreImage, CentreRendition
from center.models.outgoing_mail import OutgoingMail
from center.models.page_tag import PageTag
from center.models.public_span import PublicSpan
from center.models.sending_row import FINAL_STATES, SendingRow, SendingState
from center.models.settings import CentreSettings
from center.models.special_day import ConfirmedYear, SpecialDay
from center.models.user import User

__all__ = [
    "FINAL_STATES",
    "CentreDocument",
    "CentreImage",
    "CentreRendition",
    "CentreSettings",
    "ConfirmedYear",
    "LimitHit",
    "OutgoingMail",
    "PageTag",
    "PublicSpan",
    "SendingRow",
    "SendingState",
    "SpecialDay",
    "User",
]
