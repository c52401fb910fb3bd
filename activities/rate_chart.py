"""The chart of the promise, month by month, made on the server: SVG without a viewBox, x in percent, y in pixels.

Colours come from the stylesheet by class. The chart says its figures in its title and description.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities.deadlines import Rate
from center.japanese.dates import ENGLISH, MONTHS_EN

BAR_LEFT, BAR_WIDTH = 14, 66
MONTH_HEIGHT = 46


def rate_chart(months: list[tuple[int, Rate]]) -> SafeString:
    """On time by month of receipt: a full bar, and below it a hollow one for the literal three days."""
    height = len(months) * MONTH_HEIGHT + 30
    foot = height - 28
    grid = format_html_join(
        "",
        '<line class="c-grid" x1="{x}%" x2="{x}%" y1="0" y2="{foot}"/>'
        '<text class="c-soft" x="{x}%" y="{words_y}" text-anchor="middle">{share}%</text>',
        (
            {"x": BAR_LEFT + BAR_WIDTH * share / 100, "foot": foot, "words_y": height - 8, "share": share}
            for share in (0, 50, 100)
        ),
    )
    rows = format_html_join(
        "",
        '<text x="0" y="{words_y}" class="c-strong">{month}</text>'
        '<rect class="c-bar" x="{left}%" y="{bar_y}" width="{width}%" height="18"/>'
        '<rect class="c-bar2" x="{left}%" y="{literal_y}" width="{literal}%" height="10"/>'
        '<text class="c-strong" x="100%" y="{words_y}" text-anchor="end">{share}</text>',
        (
            {
                "words_y": place * MONTH_HEIGHT + 27,
                "bar_y": place * MONTH_HEIGHT + 6,
                "literal_y": place * MONTH_HEIGHT + 26,
                "left": BAR_LEFT,
                "width": round(BAR_WIDTH * rate.share, 1),
                "literal": round(BAR_WIDTH * rate.literal_share, 1),
                "month": month_name(month),
                "share": share_words(rate.share),
            }
            for place, (month, rate) in enumerate(months)
        ),
    )
    words = _("; ").join(month_name(month) + " " + share_words(rate.share) for month, rate in months)
    return chart_svg("rate", height, _("Published by the due day, month by month"), words, grid + rows)


def month_name(month: int) -> str:
    """A month short enough to stand beside its bar: 4月, Apr."""
    return MONTHS_EN[month - 1][:3] if get_language() == ENGLISH else f"{month}月"


def share_words(share: float) -> str:
    """A share as whole percent, never rounded up to a hundred."""
    return f"{99 if 0.99 <= share < 1 else round(share * 100)}%"


def chart_svg(name: str, height: int, title: str, words: str, content: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart" width="100%" height="{height}" role="img" aria-labelledby="{name}-t {name}-d" '
        'xmlns="http://www.w3.org/2000/svg"><title id="{name}-t">{title}</title><desc id="{name}-d">{words}</desc>'
        "{content}</svg>",
        name=name,
        height=height,
        title=title,
        words=words,
        content=content,
    )
