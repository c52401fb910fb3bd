"""The plan as the site starts with it: the page itself, and its points, policies and measures below. Safe to repeat."""

from dataclasses import dataclass, field

from wagtail.models import Page

from activities.models import MeasureKind, MeasurePage
from config.content import plan as facts
from home.models import PlanIndicator, PlanMatrixEntry, PlanPage, PlanResult


@dataclass
class Part:
    """One page to be made, with those below it."""

    slug: str
    kind: MeasureKind
    title: str
    summary: str
    doubt: str = ""
    parts: list["Part"] = field(default_factory=list)


def build_plan(plan: PlanPage) -> int:
    """Fill the plan while it is empty, and make its parts while it has none; return how many pages were made.

    What staff have changed, added or taken out since stays as it is.
    """
    if not plan.goal:
        _fill(plan)
    if MeasurePage.objects.descendant_of(plan).exists():
        return 0
    earlier = _written_earlier(plan)
    _bring_results(plan, earlier)
    return sum(_add(plan, part) for part in _parts(earlier))


def _fill(plan: PlanPage) -> None:
    for name, value in facts.PLAN.items():
        setattr(plan, name, value)
    plan.indicators = [PlanIndicator(**row) for row in facts.INDICATORS]
    plan.matrix = [
        PlanMatrixEntry(actor=actor, beneficiary=beneficiary, text=text)
        for actor, beneficiary, texts in facts.MATRIX
        for text in texts
    ]
    plan.save_revision().publish()


def _add(parent: Page, part: Part) -> int:
    parent.refresh_from_db()
    page = MeasurePage(
        title=part.title,
        slug=part.slug,
        kind=part.kind,
        summary=part.summary,
        doubt=part.doubt,
        locale=parent.locale,
        live=False,
    )
    parent.add_child(instance=page)
    page.save_revision().publish()
    return 1 + sum(_add(page, child) for child in part.parts)


# Until points and measures were pages, they were rows of the plan. Its last revision still holds them as staff left
# them, so that nothing that staff wrote is lost.


def _written_earlier(plan: PlanPage) -> dict[str, list[dict]]:
    """The rows of the last revision from the time before the parts were pages; empty on a new site."""
    content = plan.latest_revision.content if plan.latest_revision else {}
    return {name: content.get(name) or [] for name in ("points", "measures", "indicators")}


def _bring_results(plan: PlanPage, earlier: dict[str, list[dict]]) -> None:
    """Results that stood in the indicator itself become rows of it."""
    for row in earlier["indicators"]:
        indicator = plan.indicators.filter(title=row.get("title")).first()
        if indicator and row.get("result") is not None:
            year = row.get("result_year") or indicator.target_year
            PlanResult.objects.get_or_create(indicator=indicator, year=year, defaults={"value": row["result"]})


def _parts(earlier: dict[str, list[dict]]) -> list[Part]:
    """The points, then the policies with their measures."""
    return _points(earlier["points"]) + _policies(earlier["measures"])


def _points(rows: list[dict]) -> list[Part]:
    if not rows:
        return [Part(slug, MeasureKind.POINT, title, text) for slug, title, text in facts.POINTS]
    slugs = {title: slug for slug, title, _text in facts.POINTS}
    return [
        Part(slugs.get(row["title"], f"point-{number}"), MeasureKind.POINT, row["title"], row.get("text", ""))
        for number, row in enumerate(rows, start=1)
    ]


def _policies(rows: list[dict]) -> list[Part]:
    policies = [
        Part(
            slug,
            MeasureKind.POLICY,
            title,
            text,
            parts=[
                Part(part_slug, MeasureKind.MEASURE, name, sentence, doubt)
                for part_slug, name, sentence, doubt in measures
            ],
        )
        for slug, title, text, measures in facts.POLICIES
    ]
    if not rows:
        return policies
    known = {policy.title: policy for policy in policies}
    slugs = {part.title: part.slug for policy in policies for part in policy.parts}
    for policy in policies:
        policy.parts = []
    kept: dict[str, Part] = {}
    for number, row in enumerate(rows, start=1):
        name = row["policy"]
        policy = kept.setdefault(name, known.get(name) or Part(f"policy-{number}", MeasureKind.POLICY, name, ""))
        slug = slugs.get(row["title"], f"measure-{number}")
        policy.parts.append(Part(slug, MeasureKind.MEASURE, row["title"], row.get("text", ""), row.get("doubt", "")))
    return list(kept.values())
