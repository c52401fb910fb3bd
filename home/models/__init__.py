"""Index of the models of the site."""

from home.models.home_page import HomePage
from home.models.plan_page import PlanActor, PlanIndicator, PlanMatrixEntry, PlanPage, PlanResult
from home.models.standard_page import ServiceIndexPage, StandardPage

__all__ = [
    "HomePage",
    "PlanActor",
    "PlanIndicator",
    "PlanMatrixEntry",
    "PlanPage",
    "PlanResult",
    "ServiceIndexPage",
    "StandardPage",
]
