"""What the ground floor changes in Wagtail."""

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.documents.models import AbstractDocument

from center.document_use import is_in_public_use
from center.viewsets import ConfirmedYearViewSet, SpecialDayViewSet, rules_menu_item


@hooks.register("before_serve_document")
def serve_only_documents_in_use(document: AbstractDocument, request: HttpRequest) -> None:
    """404 unless a public page uses the document or a member of staff asks: a draft's flyer is as private as the draft.

    The reader is looked at only where no public page uses it, so that public files stay cacheable for everybody.
    """
    if is_in_public_use(document):
        return
    if not (request.user.is_active and request.user.has_perm("wagtailadmin.access_admin")):
        raise Http404


hooks.register("register_admin_menu_item", rules_menu_item)


@hooks.register("register_admin_viewset")
def register_rules() -> list[ViewSet]:
    """The group of rules: closed days and confirmed years; apps above add theirs."""
    return [SpecialDayViewSet(), ConfirmedYearViewSet()]
