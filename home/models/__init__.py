"""Index of the models of the site."""

from home.models.home_page import HomePage
from home.models.plan_page import PlanActor, PlanIndicator, PlanMatrixEntry, PlanMeasure, PlanPage, PlanPoint
from home.models.standard_page import ServiceIndexPage, StandardPage

__all__ = [
    "HomePage",
    "PlanActor",
    "PlanIndicator",
    "PlanMatrixEntry",
    "PlanMeasure",
    "PlanPage",
    "PlanPoint",
    "ServiceIndexPage",
    "StandardPage",
]
