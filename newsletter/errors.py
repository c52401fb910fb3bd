"""What the services of issues raise; only views and commands turn it into words."""

from collections.abc import Iterable

from newsletter.findings import Finding
from newsletter.models import Issue


class IssueError(Exception):
    """Base of all of them."""


class WrongState(IssueError):
    """The issue stands where this cannot be done. `state` is where it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class SecondRegularIssue(IssueError):
    """The month has a monthly issue already."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.slug)
        self.issue = issue


class MonthOver(IssueError):
    """The send day of that month has passed."""


class BeforeCutoff(IssueError):
    """The cutoff still lies ahead."""


class SendDayPassed(IssueError):
    """The issue's last moment is over: it needs a new send moment within its month, or to be cancelled."""


class EarlierIssueOpen(IssueError):
    """An earlier monthly issue is neither sent nor cancelled."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.slug)
        self.issue = issue


class Blocked(IssueError):
    """The issue cannot be approved. `findings` says why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(", ".join(str(finding.code.value) for finding in self.findings))


class ChangedMeanwhile(IssueError):
    """Somebody changed the issue while this was being done: look at it again."""


class LinksToNowhere(IssueError):
    """Pages of an issue on its way are not public: publish them again, or cancel the rest. `findings` says which."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(", ".join(finding.subject for finding in self.findings))


class MayNotApprove(IssueError):
    """The permission to approve was taken away while this was being done."""


class ReasonMissing(IssueError):
    """This needs a written reason."""


class OutsideMonth(IssueError):
    """The send moment does not lie in the issue's month, or it has passed."""


class CutoffNotBeforeSend(IssueError):
    """The cutoff has to lie before the send moment; one that has passed cannot be moved."""


class NotInIssue(IssueError):
    """The page is no item of this issue that could be placed: it is out, or a correction."""


class TextTooLong(IssueError):
    """The words are longer than they may be. `most` is how many characters there is room for."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class NotStaff(IssueError):
    """A trial mail goes to addresses of staff only."""


class TooManyTrials(IssueError):
    """This person has mailed as many trials of this issue as an hour allows."""


class NotForThisIssue(IssueError):
    """The notice is not for the mail, or the issue carries no notices (an extra one)."""
