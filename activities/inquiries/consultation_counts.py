"""How many consultations there were, by kind and fiscal year (April to March, in Tokyo)."""

from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncMonth

from activities.models import Consultation, ConsultationKind, ConsultationState
from center.opening import TOKYO, fiscal_year


@dataclass(frozen=True)
class YearCounts:
    """One fiscal year: the number of each kind, in the order of ConsultationKind, and their sum."""

    year: int
    by_kind: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.by_kind)


def counts_by_year() -> list[YearCounts]:
    """Every fiscal year in which something was received, newest first. Withdrawn ones are not counted. One query."""
    rows = (
        Consultation.objects.exclude(state=ConsultationState.WITHDRAWN)
        .annotate(month=TruncMonth("received_at", tzinfo=TOKYO))
        .order_by()
        .values_list("month", "kind")
        .annotate(count=Count("pk"))
    )
    years: dict[int, dict[str, int]] = {}
    for month, kind, count in rows:
        kinds = years.setdefault(fiscal_year(month.astimezone(TOKYO).date()), {})
        kinds[kind] = kinds.get(kind, 0) + count
    return [
        YearCounts(year, tuple(kinds.get(kind, 0) for kind in ConsultationKind.values))
        for year, kinds in sorted(years.items(), reverse=True)
    ]
