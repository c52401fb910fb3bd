"""The chart of mails that did not arrive and of readers who left, issue by issue; made on the server."""

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from activities.rate_chart import chart_svg, month_name
from newsletter.issue_report import IssueRow

BAR_LEFT, BAR_WIDTH = 16, 44
ROW_HEIGHT = 46


def issue_chart(rows: list[IssueRow]) -> SafeString:
    """Oldest first: a full bar for the undelivered, below it a hollow one for those who left. Numbers, not shares."""
    most = max([1, *(max(row.bounced_count, row.left_count) for row in rows)])
    height = len(rows) * ROW_HEIGHT + 8
    content = format_html_join(
        "",
        '<text x="0" y="{words_y}" class="c-strong">{month}</text>'
        '<rect class="c-bar" x="{left}%" y="{bar_y}" width="{bounced}%" height="18"/>'
        '<rect class="c-bar2" x="{left}%" y="{left_y}" width="{gone}%" height="10"/>'
        '<text class="c-strong" x="100%" y="{words_y}" text-anchor="end">{words}</text>',
        (
            {
                "words_y": place * ROW_HEIGHT + 27,
                "bar_y": place * ROW_HEIGHT + 6,
                "left_y": place * ROW_HEIGHT + 28,
                "left": BAR_LEFT,
                "bounced": round(BAR_WIDTH * row.bounced_count / most, 1),
                "gone": round(BAR_WIDTH * row.left_count / most, 1),
                "month": month_name(row.issue.month),
                "words": _counts(row),
            }
            for place, row in enumerate(rows)
        ),
    )
    words = _("; ").join(f"{row.issue.year}-{row.issue.month:02} {_counts(row)}" for row in rows)
    return chart_svg("issues", height, _("Undelivered mails and readers who left, issue by issue"), words, content)


def _counts(row: IssueRow) -> str:
    return _("%(bounced)d / %(left)d") % {"bounced": row.bounced_count, "left": row.left_count}
