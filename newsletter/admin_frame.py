"""What every screen of issues has: who may see it, its frame, and what staff are told when a service refuses."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permission_policies import ModelPermissionPolicy

from center.japanese.dates import day_words, time_words
from center.opening import tokyo_date
from newsletter import services
from newsletter.findings import Finding
from newsletter.models import Issue, IssueKind
from newsletter.reasons import BlockerCode, WarningCode
from newsletter.sending import single_verbs, verbs

NAMESPACE = "issues"
POLICY = ModelPermissionPolicy(Issue)
APPROVE = "newsletter.approve_issue"
HOME = {"url": reverse_lazy("wagtailadmin_home"), "label": gettext_lazy("Home")}
ISSUES = {"url": reverse_lazy(f"{NAMESPACE}:index"), "label": pgettext_lazy("mail", "Issues")}
CENTRE_CODES = (BlockerCode.NO_SENDER, BlockerCode.NO_ADDRESS, BlockerCode.NO_CONTACT)
DATE_CODES = (BlockerCode.CLOSED_DAY, BlockerCode.SEND_PASSED, WarningCode.CLOSED_DAY_LATER, WarningCode.LONG_SUBJECT)
FREEZE_CODES = (BlockerCode.KEY_FACTS, BlockerCode.ITEMS_CHANGED, BlockerCode.NO_TEXT, BlockerCode.NO_UNSUBSCRIBE)


def may(request: HttpRequest, action: str, issue: Issue | None = None) -> bool:
    """Whether this user may "view", "change" or "approve" issues, or this one. Whoever may do more may look."""
    if action == "approve":
        return request.user.has_perm(APPROVE)
    actions = {"view": ("view", "change")}.get(action, (action,))
    if issue is None:
        return POLICY.user_has_any_permission(request.user, actions)
    return any(POLICY.user_has_permission_for_instance(request.user, one, issue) for one in actions)


def error_words(error: Exception) -> str:
    """What to tell staff when a service of issues, or a verb of the sender, refuses."""
    if isinstance(error, services.Blocked):
        return _("It cannot be approved yet: %(reasons)s") % {
            "reasons": "、".join(dict.fromkeys(_finding_words(finding) for finding in error.findings))
        }
    if isinstance(error, services.LinksToNowhere):
        return _("%(pages)s: not public now. Publish it again and go on, or cancel the rest.") % {
            "pages": "、".join(finding.subject for finding in error.findings)
        }
    if isinstance(error, services.BeforeCutoff):
        cutoff_at = error.args[0]
        return _("It can be closed from its cutoff on, %(moment)s.") % {
            "moment": day_words(cutoff_at) + time_words(cutoff_at)
        }
    if isinstance(error, services.EarlierIssueOpen):
        return _("%(issue)s is neither sent nor cancelled. Settle it first.") % {"issue": error.issue.subject}
    if isinstance(error, services.TextTooLong):
        return _("Please keep the words to %(most)d characters. Nothing was changed.") % {"most": error.most}
    if isinstance(error, services.TooManyTrials):
        return _("You have mailed %(most)d trials of this issue within an hour. Please wait a little.") % {
            "most": error.args[0]
        }
    sentences = {
        services.WrongState: _("In this state it cannot be done. Nothing was changed."),
        services.SendDayPassed: _("Its send day has passed. Set a new send moment within its month, or cancel it."),
        services.ChangedMeanwhile: _("Somebody has changed this issue meanwhile. Please look at it again."),
        services.MayNotApprove: _("You may not approve issues any more. Nothing was changed."),
        services.ReasonMissing: _("Please write the reason in words."),
        services.OutsideMonth: _("The send moment has to lie ahead, and in the month of this issue."),
        services.CutoffNotBeforeSend: _(
            "The cutoff has to lie before the send moment, and cannot be moved once it has passed."
        ),
        services.NotForThisIssue: _("This notice is not for the mail."),
        services.NotInIssue: _("It is not in this issue any more. Please look at the list again."),
        services.NotStaff: _("Please choose somebody of the staff."),
        services.SecondRegularIssue: _("This month has its issue already."),
        services.MonthOver: _("The send day of this month has passed."),
        verbs.NotBeingSent: _("This issue is not being sent."),
        verbs.TooLate: _("Its send day has passed."),
        verbs.NothingToDecide: _("There is nothing to decide about this mail any more."),
        single_verbs.BodyErased: _("The words of this mail were not kept, so it cannot be sent again."),
    }
    return next((words for kind, words in sentences.items() if isinstance(error, kind)), _("This cannot be done."))


def _finding_words(finding: Finding) -> str:
    return f"{finding.subject}（{finding.label}）" if finding.subject else finding.label


def mend_link(finding: Finding, issue: Issue) -> tuple[str, str]:
    """Where a finding can be mended: an address and its words; empty where there is no one place."""
    if finding.notice_pk:
        return reverse("notice_desk:detail", args=[finding.notice_pk]), _("Open the notice")
    if finding.code in CENTRE_CODES:
        return reverse("wagtailsettings:edit", args=["center", "centresettings"]), _("Open the centre's settings")
    if finding.code in DATE_CODES:
        return reverse(f"{NAMESPACE}:edit", args=[issue.pk]), _("Change texts and dates")
    if finding.code in FREEZE_CODES:
        return f"{reverse(f'{NAMESPACE}:show', args=[issue.pk])}#do", _("Close it again")
    if finding.code == BlockerCode.EMPTY and issue.kind == IssueKind.EXTRA:
        return f"{reverse(f'{NAMESPACE}:show', args=[issue.pk])}#i-add", _("Choose a page for this issue")
    if finding.code in (BlockerCode.EMPTY, WarningCode.EMPTY_SECTION):
        return f"{reverse(f'{NAMESPACE}:show', args=[issue.pk])}#i-out", _("See what is not in it")
    if finding.code == WarningCode.LARGE_HTML:
        return reverse(f"{NAMESPACE}:preview", args=[issue.pk]), _("Open the preview")
    if finding.page_id:
        return reverse("wagtailadmin_pages:edit", args=[finding.page_id]), _("Open the page")
    return "", ""


def countdown_words(cutoff_at: datetime, now: datetime) -> str:
    """How long there is until a moment: 本日17時15分まで（あと3時間）, あと5日; '' once it has passed."""
    if cutoff_at <= now:
        return ""
    days = (tokyo_date(cutoff_at) - tokyo_date(now)).days
    words = {"time": time_words(cutoff_at)}
    if days > 1:
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    if days == 1:
        return _("until %(time)s tomorrow") % words
    minutes = int((cutoff_at - now).total_seconds() // 60)
    if minutes >= 60:
        left = ngettext("%(count)d hour left", "%(count)d hours left", minutes // 60) % {"count": minutes // 60}
    else:
        left = ngettext("%(count)d minute left", "%(count)d minutes left", minutes) % {"count": minutes}
    return _("until %(time)s today (%(left)s)") % {**words, "left": left}


class IssuesMixin(WagtailAdminTemplateMixin):
    """The frame of every screen about issues."""

    header_icon = "mail"
    action = "view"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may(request, self.action):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, {"url": "", "label": ISSUES["label"]}]


class IssueMixin(WagtailAdminTemplateMixin):
    """The frame of every screen of one issue: load it, then ask for the permission on it."""

    header_icon = "mail"
    action = "view"
    issue: Issue

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.issue = get_object_or_404(
            Issue.objects.select_related("content_changed_by", "approved_by", "topic"), pk=kwargs["pk"]
        )
        if not may(request, self.action, self.issue):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def show_url(self) -> str:
        return reverse(f"{NAMESPACE}:show", args=[self.issue.pk])

    def get_page_title(self) -> str:
        return self.issue.subject

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, ISSUES, {"url": "", "label": self.issue.subject}]
