"""What the ground floor changes in Wagtail."""

from django.http import Http404, HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.documents.models import AbstractDocument
from wagtail.models import Page

from center.content_checks import findings
from center.document_use import is_in_public_use
from center.viewsets import ConfirmedYearViewSet, SpecialDayViewSet, rules_menu_item
from center.year_panel import YearsPanel, may_confirm


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


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def tell_content_findings(request: HttpRequest, page: Page) -> None:
    """After a person has saved or published: what might be better, in one message. Saving by itself says nothing."""
    if not request.accepts("text/html"):
        return
    page = page.specific
    lines = [(f"{name}: " if (name := found.field_words(page)) else "", found.words) for found in findings(page)]
    if lines:
        listed = format_html_join("", "<li>{}{}</li>", lines)
        words = _("Saved. Something might be better still:")
        messages.warning(request, format_html("{}<ul>{}</ul>", words, listed))


@hooks.register("construct_homepage_panels")
def add_years_panel(request: HttpRequest, panels: list) -> None:
    """Years whose closed days are to be looked at, for whoever may say that they are right."""
    if may_confirm(request):
        panels.append(YearsPanel())
