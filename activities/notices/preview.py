"""The page to be, while its notice is being written: the real template of that kind of page, from what was typed.

Stores nothing. The document is meant for a frame of its own: it has no script, and its links lead nowhere.
"""

import re
from uuid import uuid4

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page

from activities.kinds import NoticeKind
from activities.models import GroupPage, Notice
from activities.notices.pages import JAPANESE, PARENTS, page_of
from activities.notices.upload_rows import Uploads

_MAIN = '<main id="main" tabindex="-1">'
_PROSE = '<div class="prose flow">'
_HREF = re.compile(r'(<a\b[^>]*?)\shref="[^"]*"')


def preview_document(request: HttpRequest, notice: Notice, group: GroupPage | None, uploads: Uploads) -> str:
    """A whole HTML document that shows what the notice becomes. `notice` is not stored; its files are in `uploads`."""
    kind = NoticeKind(notice.kind)
    if kind.changes_published:
        inner = render_to_string("notices/preview/change.html", {"notice": notice}, request)
    else:
        inner = _page_html(request, notice, group, uploads) or ""
    context = {"inner": mark_safe(_HREF.sub(r"\1", inner)), "title": notice.title}
    return render_to_string("notices/preview/frame.html", context, request)


def _page_html(request: HttpRequest, notice: Notice, group: GroupPage | None, uploads: Uploads) -> str:
    parent = PARENTS[NoticeKind(notice.kind)].objects.filter(locale__language_code=JAPANESE).order_by("path").first()
    if parent is None:
        return ""
    page = page_of(notice, group)
    page.title = page.title or _("(The title comes here)")
    _hang_below(page, parent)
    html = render_to_string(page.get_template(request), page.get_context(request), request)
    main = html.partition(_MAIN)[2].rpartition("</main>")[0]
    files = render_to_string("notices/preview/files.html", {"uploads": uploads}) if uploads.kept else ""
    if not files:
        return main
    if _PROSE in main:
        return main.replace(_PROSE, files + _PROSE, 1)
    # nothing is written yet: the files stand at the end of the first column
    return main + files


def _hang_below(page: Page, parent: Page) -> None:
    """Give a page that is not stored its place in the tree, so that its template can name what stands above it."""
    page.locale = parent.locale
    page.translation_key = uuid4()
    page.slug = "preview"
    page.url_path = f"{parent.url_path}preview/"
    page.depth = parent.depth + 1
    page.path = parent.path + "0" * page.steplen
    page._cached_parent_obj = parent
    page.live = True
