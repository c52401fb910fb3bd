"""Charts made on the server: SVG without a viewBox, x in percent, y in pixels, so that words are readable at any width.

Colours come from the stylesheet by class. Each chart says its figures in its title and description.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import floor

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from activities.rate_chart import chart_svg

TOP, BOTTOM = 62, 228
"""Where the highest value and the floor of the axis stand, in pixels from above."""
BASE_X, TARGET_X = 24, 76
MOST_X = 88
NEAR = 18
"""Words of two dots that are nearer than that, in percent, would meet."""
LEFT, RIGHT = 12, 100
STEPS = (Decimal("0.5"), 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
MOST_LINES = 4


def number_words(value: Decimal | float) -> str:
    """A figure without needless zeros: 55, 67.6."""
    return f"{Decimal(value).normalize():f}"


@dataclass(frozen=True)
class Series:
    """The figures of one indicator: base, target, and the results that are published, earliest first."""

    title: str
    unit: str
    base_year: int
    base: Decimal
    target_year: int
    target: Decimal
    results: list[tuple[int, Decimal]]

    @property
    def values(self) -> list[Decimal]:
        return [Decimal(self.base), Decimal(self.target), *(Decimal(value) for _year, value in self.results)]

    @property
    def is_settled(self) -> bool:
        """Is a result published for the year of the target, or a later one?"""
        return any(year >= self.target_year for year, _value in self.results)

    def x(self, year: int) -> int:
        """Percent from the left: base and target have their places, other years lie between or right of them."""
        years = (self.target_year - self.base_year) or 1
        return min(MOST_X, max(BASE_X, round(BASE_X + (TARGET_X - BASE_X) * (year - self.base_year) / years)))


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


def indicator_chart(series: Series, scale: Scale, *, number: int) -> SafeString:
    """Base (full dot), target (open dot), the path between them, the results, or that there is none for the target."""
    base_y, target_y = scale.y(series.base), scale.y(series.target)
    last_year, last_y = 0, BOTTOM
    if series.results:
        last_year, last_value = series.results[-1]
        last_y = scale.y(last_value)
    is_over_target = series.x(last_year) > TARGET_X - NEAR and last_y <= target_y
    parts = [
        format_html_join(
            "",
            '<line class="c-grid" x1="{}%" x2="{}%" y1="{}" y2="{}"/><text class="c-soft" x="0" y="{}">{}</text>',
            ((LEFT, RIGHT, y, y, y + 6, number_words(value)) for value in scale.lines() for y in [scale.y(value)]),
        ),
        format_html('<line class="c-axis" x1="{}%" x2="{}%" y1="{}" y2="{}"/>', LEFT, RIGHT, BOTTOM, BOTTOM),
        format_html('<line class="c-path" x1="{}%" y1="{}" x2="{}%" y2="{}"/>', BASE_X, base_y, TARGET_X, target_y),
        "" if series.is_settled else _unpublished(target_y),
        _results(series, scale),
        format_html('<circle class="c-base" cx="{}%" cy="{}" r="9"/>', BASE_X, base_y),
        format_html('<circle class="c-goal" cx="{}%" cy="{}" r="9"/>', TARGET_X, target_y),
        _figure(BASE_X, base_y + 34, series.base, series.unit),
        _figure(TARGET_X, target_y + 34 if is_over_target else target_y - 18, series.target, series.unit),
        _last_result(series, scale, target_y),
        _year(BASE_X, series.base_year, _("base")),
        _year(TARGET_X, series.target_year, _("target")),
    ]
    title = (_("%(name)s: base, target and results") if series.results else _("%(name)s: base and target")) % {
        "name": series.title
    }
    content = format_html_join("", "{}", ((part,) for part in parts))
    return chart_svg(f"indicator-{number}", 270, title, indicator_words(series, scale), content)


def indicator_words(series: Series, scale: Scale) -> str:
    """The figures of an indicator in sentences."""
    unit = series.unit
    words = [
        _("The base in fiscal %(year)s is %(value)s.") % {"year": series.base_year, "value": f"{series.base}{unit}"},
        _("The target for fiscal %(year)s is %(value)s.")
        % {"year": series.target_year, "value": f"{series.target}{unit}"},
    ]
    words += [
        _("The result of fiscal %(year)s is %(value)s.") % {"year": year, "value": f"{value}{unit}"}
        for year, value in series.results
    ]
    if not series.results:
        words.append(_("The result is not published."))
    elif not series.is_settled:
        words.append(_("The result of fiscal %(year)s is not published.") % {"year": series.target_year})
    if scale.floor:
        words.append(_("The vertical axis starts at %(value)s.") % {"value": number_words(scale.floor)})
    return " ".join(words)


def _unpublished(target_y: int) -> SafeString:
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


def _results(series: Series, scale: Scale) -> SafeString:
    """The way from the base through all results, and a full dot for each."""
    stops = [(BASE_X, scale.y(series.base)), *((series.x(year), scale.y(value)) for year, value in series.results)]
    lines = format_html_join(
        "",
        '<line class="c-line" x1="{}%" y1="{}" x2="{}%" y2="{}"/>',
        ((*start, *end) for start, end in zip(stops, stops[1:], strict=False)),
    )
    return lines + format_html_join("", '<circle class="c-base" cx="{}%" cy="{}" r="7"/>', stops[1:])


def _last_result(series: Series, scale: Scale, target_y: int) -> SafeString | str:
    """The words of the latest result; earlier ones are in the table."""
    if not series.results:
        return ""
    year, value = series.results[-1]
    x, y = series.x(year), scale.y(value)
    is_above = x < BASE_X + NEAR or (x > TARGET_X - NEAR and y <= target_y)
    words = _("result %(value)s") % {"value": f"{value}{series.unit}"}
    if year != series.target_year:
        words = _("%(year)s: %(words)s") % {"year": year, "words": words}
    return format_html(
        '<text x="{}%" y="{}" text-anchor="middle" class="c-strong c-halo">{}</text>',
        x,
        y - 18 if is_above else min(y + 34, BOTTOM - 8),
        words,
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
