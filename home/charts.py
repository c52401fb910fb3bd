"""Charts made on the server: SVG without a viewBox, x in percent, y in pixels, so that words are readable at any width.

Colours come from the stylesheet by class. Each chart says its figures in its title and description.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import floor

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities.deadlines import Rate
from center.japanese.dates import ENGLISH, MONTHS_EN

TOP, BOTTOM = 62, 228
"""Where the highest value and the floor of the axis stand, in pixels from above."""
BASE_X, TARGET_X = 24, 76
LEFT, RIGHT = 12, 100
STEPS = (Decimal("0.5"), 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
MOST_LINES = 4

BAR_LEFT, BAR_WIDTH = 14, 66
MONTH_HEIGHT = 46


def number_words(value: Decimal | float) -> str:
    """A figure without needless zeros: 55, 67.6."""
    return f"{Decimal(value).normalize():f}"


def values_of(indicator: object) -> list[Decimal]:
    """The figures of an indicator that are known: base, target and, once published, the result."""
    values = [indicator.base, indicator.target, indicator.result]
    return [Decimal(value) for value in values if value is not None]


@dataclass(frozen=True)
class Scale:
    """The vertical axis: from `floor` to the highest value, a line at every `step`."""

    floor: Decimal
    highest: Decimal
    step: Decimal

    @classmethod
    def of(cls, values: Iterable[Decimal]) -> "Scale":
        """A scale on which all values stand apart; it starts at 0 where that is not far below."""
        values = [Decimal(value) for value in values]
        lowest, highest = min(values), max(values)
        span = max(highest - lowest, highest / 20, Decimal(1))
        step = next((Decimal(step) for step in STEPS if span / Decimal(step) <= MOST_LINES - 2), Decimal(STEPS[-1]))
        start = Decimal(floor((lowest - span / 3) / step)) * step
        return cls(max(start, Decimal(0)) if lowest >= 0 else start, highest, step)

    def y(self, value: Decimal) -> int:
        """Pixels from above."""
        share = (Decimal(value) - self.floor) / ((self.highest - self.floor) or 1)
        return round(BOTTOM - float(share) * (BOTTOM - TOP))

    def lines(self) -> list[Decimal]:
        """The values at which a line is drawn, the floor left out."""
        count = int((self.highest - self.floor) / self.step)
        return [self.floor + self.step * number for number in range(1, count + 1)]


def indicator_chart(indicator: object, scale: Scale, *, number: int) -> SafeString:
    """Base (full dot), target (open dot), the path between them, and the result or that it is not published."""
    base_y, target_y = scale.y(indicator.base), scale.y(indicator.target)
    parts = [
        format_html_join(
            "",
            '<line class="c-grid" x1="{}%" x2="{}%" y1="{}" y2="{}"/><text class="c-soft" x="0" y="{}">{}</text>',
            ((LEFT, RIGHT, y, y, y + 6, number_words(value)) for value in scale.lines() for y in [scale.y(value)]),
        ),
        format_html('<line class="c-axis" x1="{}%" x2="{}%" y1="{}" y2="{}"/>', LEFT, RIGHT, BOTTOM, BOTTOM),
        format_html('<line class="c-path" x1="{}%" y1="{}" x2="{}%" y2="{}"/>', BASE_X, base_y, TARGET_X, target_y),
        _result(indicator, scale, target_y),
        format_html('<circle class="c-base" cx="{}%" cy="{}" r="9"/>', BASE_X, base_y),
        format_html('<circle class="c-goal" cx="{}%" cy="{}" r="9"/>', TARGET_X, target_y),
        _figure(BASE_X, base_y + 34, indicator.base, indicator.unit),
        _figure(TARGET_X, target_y - 18, indicator.target, indicator.unit),
        _year(BASE_X, indicator.base_year, _("base")),
        _year(TARGET_X, indicator.target_year, _("target")),
    ]
    title = _("%(name)s: base and target") % {"name": indicator.title}
    content = format_html_join("", "{}", ((part,) for part in parts))
    return _svg(f"indicator-{number}", 270, title, indicator_words(indicator, scale), content)


def indicator_words(indicator: object, scale: Scale) -> str:
    """The figures of an indicator in sentences."""
    unit = indicator.unit
    words = [
        _("The base in fiscal %(year)s is %(value)s.")
        % {"year": indicator.base_year, "value": f"{indicator.base}{unit}"},
        _("The target for fiscal %(year)s is %(value)s.")
        % {"year": indicator.target_year, "value": f"{indicator.target}{unit}"},
    ]
    if indicator.result is None:
        words.append(_("The result is not published."))
    else:
        year = indicator.result_year or indicator.target_year
        words.append(
            _("The result of fiscal %(year)s is %(value)s.") % {"year": year, "value": f"{indicator.result}{unit}"}
        )
    if scale.floor:
        words.append(_("The vertical axis starts at %(value)s.") % {"value": number_words(scale.floor)})
    return " ".join(words)


def _result(indicator: object, scale: Scale, target_y: int) -> SafeString:
    if indicator.result is None:
        return format_html(
            '<line class="c-none" x1="{x}%" x2="{x}%" y1="{top}" y2="{bottom}"/>'
            '<text x="{words_x}%" y="{words_y}" text-anchor="end" class="c-soft">{words}</text>',
            x=TARGET_X,
            top=target_y + 12,
            bottom=BOTTOM,
            words_x=TARGET_X - 6,
            words_y=BOTTOM - 16,
            words=_("result not published"),
        )
    years = (indicator.target_year - indicator.base_year) or 1
    passed = (indicator.result_year or indicator.target_year) - indicator.base_year
    x = min(94, max(BASE_X, round(BASE_X + (TARGET_X - BASE_X) * passed / years)))
    y = scale.y(indicator.result)
    return format_html(
        '<circle class="c-base" cx="{x}%" cy="{y}" r="9"/>'
        '<text x="{x}%" y="{words_y}" text-anchor="middle" class="c-strong">{words}</text>',
        x=x,
        y=y,
        words_y=min(max(y, target_y) + 34, BOTTOM - 8),
        words=_("result %(value)s") % {"value": f"{indicator.result}{indicator.unit}"},
    )


def _figure(x: int, y: int, value: Decimal, unit: str) -> SafeString:
    return format_html('<text class="c-num" x="{}%" y="{}" text-anchor="middle">{}{}</text>', x, y, value, unit)


def _year(x: int, year: int, word: str) -> SafeString:
    return format_html(
        '<text x="{}%" y="250" text-anchor="middle" class="c-strong">{}</text>'
        '<text x="{}%" y="270" text-anchor="middle" class="c-soft">{}</text>',
        x,
        _("FY %(year)s") % {"year": year},
        x,
        word,
    )


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
    return _svg("rate", height, _("Published by the due day, month by month"), words, grid + rows)


def month_name(month: int) -> str:
    """A month short enough to stand beside its bar: 4月, Apr."""
    return MONTHS_EN[month - 1][:3] if get_language() == ENGLISH else f"{month}月"


def share_words(share: float) -> str:
    """A share as whole percent, never rounded up to a hundred."""
    return f"{99 if 0.99 <= share < 1 else round(share * 100)}%"


def _svg(name: str, height: int, title: str, words: str, content: SafeString) -> SafeString:
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
