"""What the newsletter hangs into the editor: the words of its log."""

from newsletter import log_actions, subscriber_hooks
from newsletter.sending import log_actions as sending_log_actions

__all__ = ["log_actions", "sending_log_actions", "subscriber_hooks"]
