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
from newsletter.models.sender import DomainPace, ErrorStreak, Instance, Pace, WorkerBeat
from newsletter.models.subscriber import (
    AddressChange,
    ConsentEvent,
    MailFormat,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
    Topic,
)
from newsletter.models.subscriber_file import SubscriberFile

__all__ = [
    "CARRIES_STATES",
    "DONE_STATES",
    "AddressChange",
    "BackNumberNote",
    "CarryOver",
    "ConsentEvent",
    "Delivery",
    "DeliveryEvent",
    "DomainPace",
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
    "SubscriberFile",
    "SubscriberState",
    "Subscription",
    "Suppression",
    "Topic",
    "WorkerBeat",
]
