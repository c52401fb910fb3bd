"""What the ground floor changes in Wagtail."""

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.documents.models import AbstractDocument

from center.document_use import is_in_public_use


@hooks.register("before_serve_document")
def serve_only_documents_in_use(document: AbstractDocument, request: HttpRequest) -> None:
    """404 unless a public page uses the document or a member of staff asks: a draft's flyer is as private as the draft.

    The reader is looked at only where no public page uses it, so that public files stay cacheable for everybody.
    """
    if is_in_public_use(document):
        return
    if not (request.user.is_active and request.user.has_perm("wagtailadmin.access_admin")):
        raise Http404
