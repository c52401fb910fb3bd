"""What staff do with a notice: each action is a button or a short form, and one service."""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from activities import services
from activities.desk.forms import AnswerEntryForm, PageForm, ReceivedForm, ReturnForm, WithdrawForm, WordsForm
from activities.desk.frame import NoticeMixin, error_words
from activities.desk.phrases import DECLINE_PHRASES, RETURN_PHRASES, SAME_AGAIN, WISH_TAKEN
from activities.notices.letters import Letter, letter_declined, letter_message, letter_returned
from activities.notices.steps import may_withdraw_from


class ActionView(NoticeMixin, TemplateView):
    """One thing to do with a notice. With a form it asks first; without one it is a button that posts."""

    template_name = "activities/admin/action.html"
    action = "change"
    label: str | Promise = ""
    button: str | Promise = ""
    done: str | Promise = ""
    is_mailed = False
    """Whether the group gets a mail of it; then the mail is shown beside the form."""

    def form(self, data: QueryDict | None) -> forms.Form | None:
        """The form to fill in; None for a plain button."""
        return None

    def run(self, form: forms.Form | None, *, now: datetime) -> str | None:
        """Do it; return the address to go to, or None for the notice itself. Raises NoticeError."""
        raise NotImplementedError

    def mail(self, form: forms.Form) -> Letter | None:
        """The mail as it would go out with what stands in the form; None where none goes out."""
        return None

    def phrases(self) -> list[tuple[str, str]]:
        """Ready words that may be put into the form: (for which choice, words)."""
        return []

    def get_page_subtitle(self) -> str:
        return str(self.label)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.form(None)
        return redirect(self.detail_url) if form is None else self._show(form)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.form(request.POST)
        if form is not None and ("look" in request.POST or not form.is_valid()):
            return self._show(form)
        try:
            target = self.run(form, now=timezone.now())
        except services.NoticeError as error:
            messages.error(request, error_words(error))
            return redirect(self.detail_url)
        if self.done:
            messages.success(request, str(self.done))
        return redirect(target or self.detail_url)

    def _show(self, form: forms.Form) -> HttpResponse:
        received = getattr(form, "received", None)
        context = {"form": form, "notice": self.notice, "received": received, "detail_url": self.detail_url}
        if self.is_mailed:
            context |= {"letter": self.mail(form), "is_mailed": True, "phrases": self.phrases()}
        return self.render_to_response(self.get_context_data(**context, label=self.label, button=self.button))

    @staticmethod
    def typed(form: forms.Form, name: str) -> str:
        """What stands in a field, judged or not; "" where nothing does."""
        return str(form[name].value() or "").strip()


class ReviewView(ActionView):
    """確認を始める."""

    done = gettext_lazy("You are looking after this notice now.")

    def run(self, form: None, *, now: datetime) -> None:
        services.start_review(notice=self.notice, by=self.request.user, now=now)


class TakeView(ActionView):
    """担当になる."""

    done = gettext_lazy("You are in charge of this notice now.")

    def run(self, form: None, *, now: datetime) -> None:
        services.assign_notice(notice=self.notice, to=self.request.user, by=self.request.user, now=now)


class ApplyView(ActionView):
    """反映済みにする."""

    done = gettext_lazy("Marked as shown. The group has been told.")

    def run(self, form: None, *, now: datetime) -> None:
        services.apply_notice(notice=self.notice, by=self.request.user, now=now)


class ReturnView(ActionView):
    """差し戻す."""

    label = gettext_lazy("Ask the group")
    button = gettext_lazy("Send it back")
    done = gettext_lazy("The group has been asked. The clock stands still until it answers.")
    is_mailed = True

    def form(self, data: QueryDict | None) -> ReturnForm:
        reason = self.request.GET.get("reason", "")
        words = str(RETURN_PHRASES.get(reason, ""))
        return ReturnForm(data, initial={"reason": reason, "message": words})

    def mail(self, form: ReturnForm) -> Letter | None:
        reason, message = self.typed(form, "reason"), self.typed(form, "message")
        return letter_returned(self.notice, reason=reason, message=message)

    def phrases(self) -> list[tuple[str, str]]:
        return [(str(reason), str(words)) for reason, words in RETURN_PHRASES.items()]

    def run(self, form: ReturnForm, *, now: datetime) -> None:
        services.return_notice(notice=self.notice, by=self.request.user, now=now, **form.cleaned_data)


class AnswerView(ActionView):
    """返事を書きこむ: an answer that did not come by the status page."""

    label = gettext_lazy("Enter the group's answer")
    button = gettext_lazy("Enter it")
    done = gettext_lazy("The answer is entered. The three days begin anew.")

    def form(self, data: QueryDict | None) -> AnswerEntryForm:
        return AnswerEntryForm(data, now=timezone.now())

    def run(self, form: AnswerEntryForm, *, now: datetime) -> None:
        services.answer_notice(
            notice=self.notice,
            text=form.cleaned_data["words"],
            now=now,
            by=self.request.user,
            answered_at=min(form.received.received_at, now),
        )


class DeclineView(ActionView):
    """掲載不可."""

    label = gettext_lazy("Do not publish it")
    button = gettext_lazy("Decline it")
    done = gettext_lazy("Declined. The group has been told.")
    is_mailed = True

    def mail(self, form: WordsForm) -> Letter | None:
        return letter_declined(self.notice, reason=self.typed(form, "words"))

    def phrases(self) -> list[tuple[str, str]]:
        return [("", str(words)) for words in DECLINE_PHRASES]

    def form(self, data: QueryDict | None) -> WordsForm:
        is_same = "same" in self.request.GET
        return WordsForm(
            data,
            label=pgettext("notice", "Reason"),
            help_text=_("The group reads it in the mail and on its status page."),
            initial={"words": str(SAME_AGAIN) if is_same else ""},
        )

    def run(self, form: WordsForm, *, now: datetime) -> None:
        services.decline_notice(notice=self.notice, reason=form.cleaned_data["words"], by=self.request.user, now=now)


class WithdrawView(ActionView):
    """取下げ."""

    label = gettext_lazy("Withdraw it")
    button = gettext_lazy("Withdraw it")
    done = gettext_lazy("Withdrawn. The group has been told.")

    def form(self, data: QueryDict | None) -> WithdrawForm:
        return WithdrawForm(data)

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"from_on": may_withdraw_from(self.notice, now=timezone.now())}

    def run(self, form: WithdrawForm, *, now: datetime) -> None:
        services.withdraw_notice(
            notice=self.notice,
            now=now,
            by=self.request.user,
            message=form.cleaned_data["words"],
            is_unanswered=form.cleaned_data["reason"] == WithdrawForm.UNANSWERED,
        )


class MessageView(ActionView):
    """団体へ伝える."""

    label = gettext_lazy("Tell the group something")
    button = gettext_lazy("Send it")
    done = gettext_lazy("The message is on its way.")
    is_mailed = True

    def mail(self, form: WordsForm) -> Letter | None:
        return letter_message(self.notice, text=self.typed(form, "words"))

    def form(self, data: QueryDict | None) -> WordsForm:
        words = str(WISH_TAKEN) if "wish" in self.request.GET else ""
        return WordsForm(data, label=_("Message to the group"), initial={"words": words})

    def run(self, form: WordsForm, *, now: datetime) -> None:
        services.send_message(notice=self.notice, text=form.cleaned_data["words"], by=self.request.user, now=now)


class SeenMessageView(ActionView):
    """返事はいらない: the group's words were read, or answered by phone."""

    done = gettext_lazy("Marked. The message no longer waits.")

    def run(self, form: None, *, now: datetime) -> None:
        services.mark_messages_seen(notice=self.notice, by=self.request.user, now=now)


class ReleaseView(ActionView):
    """人からの依頼として受ける."""

    done = gettext_lazy("It is on the board now, and the receipt is on its way.")

    def run(self, form: None, *, now: datetime) -> None:
        services.release_notice(notice=self.notice, by=self.request.user, now=now)


class DiscardView(ActionView):
    """自動送信として片づける."""

    done = gettext_lazy("Put away. No mail goes out.")

    def run(self, form: None, *, now: datetime) -> None:
        services.discard_held(notice=self.notice, by=self.request.user, now=now)


class NoteView(ActionView):
    """メモ."""

    label = gettext_lazy("Note of the staff")
    button = pgettext_lazy("notice", "Save")
    done = gettext_lazy("The note is saved.")

    def form(self, data: QueryDict | None) -> WordsForm:
        hint = _("Never shown to the group.")
        initial = {"words": self.notice.staff_note}
        return WordsForm(data, label=_("Note of the staff"), help_text=hint, required=False, initial=initial)

    def run(self, form: WordsForm, *, now: datetime) -> None:
        services.set_note(notice=self.notice, text=form.cleaned_data["words"], by=self.request.user, now=now)


class ReceivedView(ActionView):
    """受付日時を直す."""

    label = gettext_lazy("Correct the time of receipt")
    button = pgettext_lazy("notice", "Save")
    done = gettext_lazy("The time of receipt is corrected; the due day follows it.")

    def form(self, data: QueryDict | None) -> ReceivedForm:
        form = ReceivedForm(data, now=timezone.now())
        if data is None:
            form.fill(self.notice.received_at)
        return form

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return context | {"received": context["form"], "form": None}

    def run(self, form: ReceivedForm, *, now: datetime) -> None:
        services.set_received_at(notice=self.notice, received_at=form.received_at, by=self.request.user, now=now)


class LinkView(ActionView):
    """ページを結びつける."""

    label = gettext_lazy("Link a page")
    button = gettext_lazy("Link it")
    done = gettext_lazy("The page is linked.")

    def form(self, data: QueryDict | None) -> PageForm:
        return PageForm(data)

    def run(self, form: PageForm, *, now: datetime) -> None:
        services.link_page(notice=self.notice, page=form.cleaned_data["page"], by=self.request.user, now=now)
