"""Until when a pause holds: for the next issues, to a day, or until somebody lets the mail come again.

A monthly issue leaves within its month. So whoever skips issues gets the mail again from the first day of the month
after them, also when an issue is late.
"""

from datetime import date, datetime, timedelta

from center.opening import tokyo_date
from newsletter.mailed_issues import next_issue
from newsletter.schedule import month_after

LONGEST = timedelta(days=366)


def skipped_until(issue_count: int, *, now: datetime) -> date:
    """The first day on which the mail comes again for somebody who skips the next `issue_count` monthly issues."""
    coming = next_issue(now=now)
    today = tokyo_date(now)
    year, month = (coming.year, coming.month) if coming else month_after(today.year, today.month)
    for _ in range(issue_count):
        year, month = month_after(year, month)
    return date(year, month, 1)
