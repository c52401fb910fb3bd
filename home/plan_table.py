"""The parts of the plan in the order in which the page shows them. Pure: rows in, words and rows out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.safestring import SafeString

from home import charts


@dataclass(frozen=True)
class Policy:
    """One policy of the plan with its measures, in staff's order."""

    page: object
    measures: list


def by_policy(parts: Iterable) -> list[Policy]:
    """The measures under their policies; `parts` are pages of the plan in the order of the tree."""
    parts = list(parts)
    policies = [part for part in parts if part.kind == "policy"]
    return [
        Policy(policy, [part for part in parts if part.kind == "measure" and part.path.startswith(policy.path)])
        for policy in policies
    ]


@dataclass(frozen=True)
class Indicator:
    """One indicator with its results, earliest first, and its chart. `floor` is where the axis of the chart starts."""

    row: object
    results: list
    is_settled: bool
    chart: SafeString
    floor: str


def with_charts(indicators: Iterable) -> list[Indicator]:
    """Each indicator with its chart; all share one scale, so that they can be compared."""
    rows = [(row, sorted(row.results.all(), key=lambda result: result.year)) for row in indicators]
    all_series = [
        charts.Series(
            title=row.title,
            unit=row.unit,
            base_year=row.base_year,
            base=row.base,
            target_year=row.target_year,
            target=row.target,
            results=[(result.year, result.value) for result in results],
        )
        for row, results in rows
    ]
    scale = charts.Scale.of([value for series in all_series for value in series.values]) if rows else None
    return [
        Indicator(
            row,
            results,
            series.is_settled,
            charts.indicator_chart(series, scale, number=number),
            charts.number_words(scale.floor),
        )
        for number, ((row, results), series) in enumerate(zip(rows, all_series, strict=True), start=1)
    ]


@dataclass(frozen=True)
class Cell:
    """What one actor does for one beneficiary. `name` is the other side's name."""

    name: str
    texts: list[str]


@dataclass(frozen=True)
class Choice:
    """One side that can be chosen, and whether it is."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class Part:
    """The part of the table of one actor, or of one beneficiary."""

    name: str
    by_beneficiary: bool
    choices: list[Choice]
    cells: list[Cell]
    count: int

    @property
    def chosen(self) -> str:
        """The value of the chosen side."""
        return next((choice.value for choice in self.choices if choice.is_chosen), "")


@dataclass(frozen=True)
class Row:
    """One row of the whole table: a beneficiary and the five actors."""

    name: str
    cells: list[Cell]


class PlanTable:
    """Who does what for whom. `entries` have actor, beneficiary and text; `actors` are both sides in their order."""

    def __init__(self, entries: list, *, actors: type[TextChoices]) -> None:
        self.entries = entries
        self.actors = actors

    @property
    def count(self) -> int:
        return len(self.entries)

    @property
    def columns(self) -> list[str]:
        """The actors, from left to right."""
        return [str(actor.label) for actor in self.actors]

    @property
    def rows(self) -> list[Row]:
        """The whole table, one row for each beneficiary."""
        return [
            Row(str(whom.label), [Cell(str(who.label), self._texts(who, whom)) for who in self.actors])
            for whom in self.actors
        ]

    def part(self, chosen: str, *, by_beneficiary: bool = False) -> Part:
        """The part of the side that is chosen by its value; of the first one where there is no such side."""
        side = self.actors(chosen) if chosen in self.actors.values else next(iter(self.actors))
        cells = []
        for other in self.actors:
            texts = self._texts(other, side) if by_beneficiary else self._texts(side, other)
            if texts:
                cells.append(Cell(str(other.label), texts))
        choices = [Choice(str(actor.value), str(actor.label), actor == side) for actor in self.actors]
        return Part(str(side.label), by_beneficiary, choices, cells, sum(len(cell.texts) for cell in cells))

    def _texts(self, who: str, whom: str) -> list[str]:
        return [entry.text for entry in self.entries if entry.actor == who and entry.beneficiary == whom]
