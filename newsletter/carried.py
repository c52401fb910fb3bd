"""Which mail carried a notice: the answer that `activities.carried` asks for."""

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.urls import reverse

from activities.carried import Carried
from activities.models import Notice, NoticePage
from newsletter.mailed_issues import issue_words, mailed_issues
from newsletter.models import Issue, IssueItem
from newsletter.notice_facts import CHANGES, page_ids_of


def carried_notices(notices: list[Notice]) -> dict[int, Carried]:
    """The first mail after each notice was received that told of one of its pages. Three queries for a whole list.

    A change or cancellation is carried by a mail after the page showed it, not by the one that told the old words.
    """
    prefetch_related_objects(notices, "page_links")
    refs = {page_id for notice in notices for page_id in page_ids_of(notice)}
    items = IssueItem.objects.filter(page_ref__in=refs, is_reminder=False)
    by_issue: dict[int, set[int]] = {}
    for issue_id, page_id in items.values_list("issue_id", "page_ref"):
        by_issue.setdefault(issue_id, set()).add(page_id)
    issues = list(mailed_issues().filter(pk__in=by_issue).order_by("mailed_at", "number"))
    found = {}
    for notice in notices:
        pages = page_ids_of(notice)
        carrying = [issue for issue in issues if by_issue[issue.pk] & pages and _tells(notice, issue)]
        if carrying:
            first = carrying[0]
            address = reverse("mail-back-number", args=[first.slug])
            found[notice.pk] = Carried(issue_words(first), first.mailed_at, address)
    return found


def _tells(notice: Notice, issue: Issue) -> bool:
    since = notice.applied_at if notice.kind in CHANGES else notice.received_at
    frozen_at = issue.frozen_at or issue.mailed_at
    return since is not None and since <= (frozen_at if notice.kind in CHANGES else issue.mailed_at)


def is_carried() -> Q:
    """A filter on notices: a page of theirs was in a mail that left after they were received."""
    mailed = mailed_issues().order_by().values("pk")
    pages = NoticePage.objects.filter(notice=OuterRef(OuterRef("pk"))).values("page_id")
    items = IssueItem.objects.filter(issue__in=mailed, is_reminder=False, page_ref__in=pages)
    return Q(Exists(items.filter(issue__send_at__gte=OuterRef("received_at"))))
