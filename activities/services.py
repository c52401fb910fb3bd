"""The writes of activities, as others call them: each one transaction, keyword-only, with `now` passed in."""

from activities.notices.errors import (
    AlreadySettled,
    ChangesPublished,
    InTheFuture,
    NoPageChosen,
    NoParentPage,
    NotAChange,
    NoticeError,
    NotOpen,
    NotReturned,
    ReasonMissing,
    TooSoon,
    UnknownField,
)
from activities.notices.pages import apply_notice, make_page
from activities.notices.publication import reconcile_notices, record_publication, tick_notices
from activities.notices.receiving import receive_notice
from activities.notices.steps import (
    add_group_message,
    answer_notice,
    assign_notice,
    decline_notice,
    link_page,
    return_notice,
    send_message,
    set_note,
    set_received_at,
    start_review,
    withdraw_notice,
)

__all__ = [
    "AlreadySettled",
    "ChangesPublished",
    "InTheFuture",
    "NoPageChosen",
    "NoParentPage",
    "NotAChange",
    "NotOpen",
    "NotReturned",
    "NoticeError",
    "ReasonMissing",
    "TooSoon",
    "UnknownField",
    "add_group_message",
    "answer_notice",
    "apply_notice",
    "assign_notice",
    "decline_notice",
    "link_page",
    "make_page",
    "receive_notice",
    "reconcile_notices",
    "record_publication",
    "return_notice",
    "send_message",
    "set_note",
    "set_received_at",
    "start_review",
    "tick_notices",
    "withdraw_notice",
]
