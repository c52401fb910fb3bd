"""The writes of activities, as others call them: each one transaction, keyword-only, with `now` passed in."""

from activities.notices.edits import edit_notice, mark_messages_seen
from activities.notices.errors import (
    AlreadySettled,
    ChangesPublished,
    InTheFuture,
    NoPageChosen,
    NoPageMade,
    NoParentPage,
    NotAChange,
    NoticeError,
    NotOpen,
    NotReturned,
    PageEdited,
    PageInUse,
    PageNotReady,
    PageWasPublic,
    ReasonMissing,
    StillHeld,
    TooSoon,
    UnknownField,
)
from activities.notices.held import discard_held, release_notice
from activities.notices.making import publish_page, unmake_page
from activities.notices.pages import apply_notice, make_page
from activities.notices.publication import reconcile_notices, record_publication
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
from activities.notices.ticking import tick_notices
from activities.notices.trusted_steps import mark_seen

__all__ = [
    "AlreadySettled",
    "ChangesPublished",
    "InTheFuture",
    "NoPageChosen",
    "NoPageMade",
    "NoParentPage",
    "NotAChange",
    "NotOpen",
    "NotReturned",
    "NoticeError",
    "PageEdited",
    "PageInUse",
    "PageNotReady",
    "PageWasPublic",
    "ReasonMissing",
    "StillHeld",
    "TooSoon",
    "UnknownField",
    "add_group_message",
    "answer_notice",
    "apply_notice",
    "assign_notice",
    "decline_notice",
    "discard_held",
    "edit_notice",
    "link_page",
    "make_page",
    "mark_messages_seen",
    "mark_seen",
    "publish_page",
    "receive_notice",
    "reconcile_notices",
    "record_publication",
    "release_notice",
    "return_notice",
    "send_message",
    "set_note",
    "set_received_at",
    "start_review",
    "tick_notices",
    "unmake_page",
    "withdraw_notice",
]
