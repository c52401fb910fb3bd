"""What comes next for an issue, in one sentence for the top of its screen: who does what, and until when."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from center.japanese.dates import day_words, time_words
from newsletter.models import Issue, IssueKind, IssueState
from newsletter.sending import pace


def next_step(
    issue: Issue, *, now: datetime, readers: int, blockers: int, will_be_held: bool, may_approve: bool, is_empty: bool
) -> str:
    """One sentence or two; '' where the rest of the screen says it already (paused, past its send day).

    `blockers` counts what blocks the approval, `will_be_held` says that a scheduled issue is not what was approved.
    """
    if now >= issue.not_after and issue.state not in (IssueState.SENT, IssueState.SENT_WITH_EXCEPTIONS):
        return ""
    words = {"cutoff": _moment(issue.cutoff_at), "send": _moment(issue.send_at), "day": day_words(issue.send_at)}
    words |= {"readers": ngettext("%(count)d reader", "%(count)d readers", readers) % {"count": readers}}
    if issue.state == IssueState.DRAFT:
        return _of_draft(issue, now, is_empty=is_empty) % words
    if issue.state == IssueState.FROZEN:
        return _of_frozen(issue, now, blockers=blockers, may_approve=may_approve) % words
    limits = pace.limits(now=now)
    if issue.state == IssueState.SENDING and (quiet_end := limits.quiet_end(now)):
        words["quiet_end"] = _moment(quiet_end)
        return _("These are quiet hours, in which no issue leaves. It goes on by itself at %(quiet_end)s.") % words
    if issue.state == IssueState.SCHEDULED:
        if quiet_end := limits.quiet_end(issue.send_at):
            words["quiet_end"] = _moment(quiet_end)
        if will_be_held:
            sentence = _("As it is, it will be held at %(send)s. Close it again and have it approved, or mend it.")
        elif issue.send_at <= now:
            sentence = _("Its time has come. It leaves with the next look of the mail worker.")
        elif quiet_end:
            sentence = _(
                "It is approved. %(send)s lies in the quiet hours, so it leaves at %(quiet_end)s to %(readers)s."
                " Until its own time it can be made a draft again."
            )
        else:
            sentence = _(
                "It is approved and leaves at %(send)s to %(readers)s. Until then it can be made a draft again."
            )
        return sentence % words
    sentences = {
        IssueState.HELD: _(
            "It was not sent, because something is not what was approved. Close it again and have it approved,"
            " or cancel it, by midnight of %(day)s."
        ),
        IssueState.SENDING: _("It is on its way. The numbers below keep themselves fresh."),
        IssueState.SENT: _("It has been sent."),
        IssueState.SENT_WITH_EXCEPTIONS: _("It has been sent, except for the mails named below."),
        IssueState.CANCELLED: _("This issue was cancelled and is not sent."),
    }
    return sentences.get(issue.state, "") % words


def _of_draft(issue: Issue, now: datetime, *, is_empty: bool) -> str:
    if is_empty:
        return _("Choose what comes into it.")
    if issue.kind == IssueKind.EXTRA:
        return _("When everything is in, close it for items; then it can be approved.")
    if now < issue.cutoff_at:
        return _("It fills itself until the cutoff, %(cutoff)s. Then somebody closes it, and somebody approves it.")
    return _("The cutoff has passed. Look it through and close it for items; then it can be approved.")


def _of_frozen(issue: Issue, now: datetime, *, blockers: int, may_approve: bool) -> str:
    if blockers:
        return _("It cannot be approved yet. Settle what stands below first.")
    if not may_approve:
        if issue.send_at <= now:
            return _("It waits for the approval. As soon as it is approved, it is sent to %(readers)s.")
        return _("It waits for the approval. Once approved, it leaves at %(send)s to %(readers)s.")
    if issue.send_at <= now:
        return _("You may approve it now. As soon as you do, it is sent to %(readers)s.")
    return _("You may approve it now. It then leaves at %(send)s to %(readers)s.")


def _moment(moment: datetime) -> str:
    return day_words(moment) + time_words(moment)
