"""What staff do with an issue: each action is one posted form and one service."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.models import Page

from activities.models import Notice
from center.opening import day_end, tokyo_date
from newsletter import services
from newsletter.admin_frame import IssueMixin, error_words
from newsletter.models import Delivery, PageChoice, Section, StaffLine
from newsletter.sending import verbs

REFUSALS = (services.IssueError, verbs.NotBeingSent, verbs.TooLate, verbs.NothingToDecide)


class IssueActionView(IssueMixin, View):
    """One thing done with an issue: load it, ask for the permission on it, call the service, say what was done."""

    http_method_names = ["post"]
    action = "change"

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            words = self.run(request, now=timezone.now())
        except REFUSALS as error:
            messages.error(request, error_words(error))
        else:
            if words:
                messages.success(request, words)
        return redirect(self.back_url())

    def back_url(self) -> str:
        """Where staff go on: at the page it was about."""
        page = self.request.POST.get("page", "")
        return f"{self.show_url}#item-{page}" if page.isdigit() else self.show_url

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        """Do it and say in words what was done. Raises what the services raise."""
        raise NotImplementedError

    def reason(self) -> str:
        return self.request.POST.get("reason", "")


class FreezeView(IssueActionView):
    """締め切る: close for items."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        assembly = services.freeze_issue(issue=self.issue, by=request.user, now=now)
        if assembly.blockers:
            labels = "、".join(dict.fromkeys(finding.label for finding in assembly.blockers))
            messages.warning(request, _("What still blocks the approval: %(labels)s") % {"labels": labels})
        return _("The issue is closed for items.")


class UnfreezeView(IssueActionView):
    """下書きに戻す: back to a draft."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        services.unfreeze_issue(issue=self.issue, by=request.user, now=now)
        return _("The issue is a draft again.")


class ApproveView(IssueActionView):
    """承認する: approve; it leaves at its time."""

    action = "approve"

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        services.approve_issue(issue=self.issue, by=request.user, now=now)
        return _("Approved. It will be sent at its time.")


class CancelView(IssueActionView):
    """中止する: cancel the issue."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        services.cancel_issue(issue=self.issue, reason=self.reason(), by=request.user, now=now)
        return _("The issue is cancelled.")


class ChoosePageView(IssueActionView):
    """A decision about one page: leave out, take in, mail again, pin."""

    decisions = (PageChoice.Action.EXCLUDE, PageChoice.Action.INCLUDE, PageChoice.Action.AGAIN, PageChoice.Action.PIN)

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        post = request.POST
        decision = post.get("decision", "")
        if decision not in self.decisions:
            return ""
        section = Section.objects.filter(pk=number(post.get("section"))).first()
        page = get_object_or_404(Page, pk=number(post.get("page")))
        services.choose_page(
            issue=self.issue,
            page=page,
            action=decision,
            reason=self.reason(),
            section=section,
            by=request.user,
            now=now,
        )
        return _("%(title)s: %(decision)s") % {"title": page.title, "decision": PageChoice.Action(decision).label}


class UnchoosePageView(IssueActionView):
    """Take a decision about a page back."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        page = get_object_or_404(Page, pk=number(request.POST.get("page")))
        decision = request.POST.get("decision", "")
        action = decision if decision in ChoosePageView.decisions else None
        count = services.unchoose_page(issue=self.issue, page=page, action=action, by=request.user, now=now)
        return _("The decision was taken back.") if count else ""


class CarryOverView(IssueActionView):
    """次の号へ: carry a notice over, with a reason."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        notice = get_object_or_404(Notice, pk=number(request.POST.get("notice")))
        services.carry_over_notice(issue=self.issue, notice=notice, reason=self.reason(), by=request.user, now=now)
        return _("%(number)s is carried over.") % {"number": notice.number}


class UndoCarryOverView(IssueActionView):
    """Take a carry-over back."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        notice = get_object_or_404(Notice, pk=number(request.POST.get("notice")))
        undone = services.undo_carry_over(issue=self.issue, notice=notice, by=request.user, now=now)
        return _("%(number)s is no longer carried over.") % {"number": notice.number} if undone else ""


class AddLineView(IssueActionView):
    """Write a correction without a link."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        post = request.POST
        services.add_staff_line(
            issue=self.issue, title=post.get("title", ""), text=post.get("text", ""), by=request.user, now=now
        )
        return _("The correction is in this issue.")


class RemoveLineView(IssueActionView):
    """Remove such a correction."""

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        line = get_object_or_404(StaffLine, pk=number(request.POST.get("line")), issue=self.issue)
        services.remove_staff_line(issue=self.issue, line=line, by=request.user, now=now)
        return _("The correction was removed.")


class PauseView(IssueActionView):
    """一時停止: stop sending for now."""

    action = "approve"

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        verbs.pause_issue(self.issue, by=request.user, now=now, reason=self.reason() or _("stopped by staff"))
        return _("Sending is paused.")


class ResumeView(IssueActionView):
    """再開: go on with what was approved; after its last moment until midnight of today, where staff say so."""

    action = "approve"

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        not_after = day_end(tokyo_date(now)) if request.POST.get("until_midnight") else None
        services.go_on_sending(issue=self.issue, by=request.user, now=now, not_after=not_after)
        return _("Sending goes on with what was approved.")


class StopView(IssueActionView):
    """残りを中止: send nothing more."""

    action = "approve"

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        verbs.cancel_sending(self.issue, by=request.user, now=now, reason=self.reason())
        return _("Nothing more of this issue is sent.")


class DecideDeliveryView(IssueActionView):
    """A person decides about one mail that is uncertain or was refused."""

    action = "approve"

    def run(self, request: HttpRequest, *, now: datetime) -> str:
        delivery = get_object_or_404(Delivery, pk=number(request.POST.get("delivery")), issue=self.issue)
        decision = request.POST.get("decision", "")
        if decision == "sent":
            verbs.mark_sent(delivery, by=request.user, now=now)
            return _("It counts as sent.")
        if decision == "give-up":
            verbs.give_up(delivery, by=request.user, now=now)
            return _("It counts as not delivered.")
        if decision == "again":
            verbs.send_again(delivery, by=request.user, now=now, not_after=day_end(tokyo_date(now)))
            return _("It will be sent once more.")
        return ""


def number(text: str | None) -> int | None:
    """A number that was posted; None for anything else."""
    return int(text) if text and text.isdigit() else None


DECISIONS_AND_VERBS: dict[str, type[IssueActionView]] = {
    "freeze": FreezeView,
    "unfreeze": UnfreezeView,
    "approve": ApproveView,
    "cancel": CancelView,
    "choose": ChoosePageView,
    "unchoose": UnchoosePageView,
    "carry-over": CarryOverView,
    "undo-carry-over": UndoCarryOverView,
    "add-line": AddLineView,
    "remove-line": RemoveLineView,
    "pause": PauseView,
    "resume": ResumeView,
    "stop": StopView,
    "decide-delivery": DecideDeliveryView,
}
"""The actions of this module by their part of the address."""
