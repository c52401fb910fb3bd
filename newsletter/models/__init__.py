"""Index of the models of the newsletter."""

from newsletter.models.delivery import Delivery, DeliveryEvent
from newsletter.models.issue import (
    CARRIES_STATES,
    DONE_STATES,
    BackNumberNote,
    CarryOver,
    Issue,
    IssueItem,
    IssueKind,
    IssueState,
    PageChoice,
    Rendering,
    StaffLine,
)
from newsletter.models.policy import MailPolicy, Section
from newsletter.models.sender import ErrorStreak, Instance, Pace
from newsletter.models.subscriber import (
    ConsentEvent,
    MailFormat,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
    Topic,
)

__all__ = [
    "CARRIES_STATES",
    "DONE_STATES",
    "BackNumberNote",
    "CarryOver",
    "ConsentEvent",
    "Delivery",
    "DeliveryEvent",
    "ErrorStreak",
    "Instance",
    "Issue",
    "IssueItem",
    "IssueKind",
    "IssueState",
    "MailFormat",
    "MailPolicy",
    "Pace",
    "PageChoice",
    "Rendering",
    "Section",
    "StaffLine",
    "Subscriber",
    "SubscriberState",
    "Subscription",
    "Suppression",
    "Topic",
]
