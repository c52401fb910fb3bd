"""The screen of the mails of which nobody knows whether they arrived, and of single mails that were turned down."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from center.opening import TOKYO, day_end, tokyo_date
from newsletter.admin_frame import HOME, error_words, may
from newsletter.sending import single_verbs, verbs
from newsletter.uncertain_queries import (
    Undecided,
    Which,
    failed_count,
    load_undecided,
    sources,
    uncertain_count,
    undecided_keys,
)

NAMESPACE = "uncertain_mails"
PER_PAGE = 25
SENT, AGAIN, GIVE_UP = "sent", "again", "give-up"
LATEST_AHEAD = timedelta(days=31)
REFUSALS = (verbs.NothingToDecide, verbs.TooLate, single_verbs.BodyErased)


@dataclass(frozen=True)
class Decision:
    """One of the three buttons. `done` is said with a count."""

    name: str
    words: Promise
    asks: Promise
    explains: Promise


DECISIONS = {
    one.name: one
    for one in (
        Decision(
            SENT,
            gettext_lazy("It arrived"),
            gettext_lazy("Mark them as arrived?"),
            gettext_lazy("They count as sent from now on. Choose this only where you know that they arrived."),
        ),
        Decision(
            AGAIN,
            gettext_lazy("Send it once more"),
            gettext_lazy("Send them once more?"),
            gettext_lazy("Whoever got the mail already gets the same mail a second time."),
        ),
        Decision(
            GIVE_UP,
            gettext_lazy("Do not send it"),
            gettext_lazy("Leave it at that?"),
            gettext_lazy("Nothing is sent any more, and they count as not delivered."),
        ),
    )
}


def may_see(request: HttpRequest) -> bool:
    """Addresses stand on the screen: for those who work on issues or approve them."""
    return may(request, "change") or may(request, "approve")


def may_decide(request: HttpRequest, mail: Undecided) -> bool:
    """Mails of an issue are decided about by who may approve it; single mails by who works on issues."""
    return may(request, "approve") or (mail.is_single and may(request, "change"))


def decide(mail: Undecided, decision: str, *, request: HttpRequest, now: datetime, not_after: datetime | None) -> None:
    """Do to one mail what was decided. Raises PermissionDenied and REFUSALS."""
    if not may_decide(request, mail):
        raise PermissionDenied
    who = {"by": request.user, "now": now}
    if mail.is_single:
        single = {SENT: single_verbs.mark_mail_sent, GIVE_UP: single_verbs.give_up_mail}
        single.get(decision, single_verbs.send_mail_again)(mail.row, **who)
    elif decision == SENT:
        verbs.mark_sent(mail.row, **who)
    elif decision == GIVE_UP:
        verbs.give_up(mail.row, **who)
    else:
        verbs.send_again(mail.row, not_after=not_after, **who)


class LastMomentForm(forms.Form):
    """Until when the mails of issues whose moment is over may still leave."""

    not_after = forms.DateTimeField(
        label=gettext_lazy("Until when they may leave"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("The last moment of the issue is over. What has not left by this moment is not sent."),
    )

    def __init__(self, *args, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_not_after(self) -> datetime:
        at = self.cleaned_data["not_after"]
        if not self.now < at <= self.now + LATEST_AHEAD:
            raise forms.ValidationError(_("Please choose a moment from now on, within a month."))
        return at


class UncertainMailsView(WagtailAdminTemplateMixin, TemplateView):
    """The list, and the question before something weighty. Works without script."""

    template_name = "newsletter/uncertain/index.html"
    page_title = gettext_lazy("Mails that may not have arrived")
    header_icon = "help"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may_see(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [HOME, {"url": "", "label": self.page_title}]

    @property
    def which(self) -> Which:
        return Which.FAILED if self.request.GET.get("which") == Which.FAILED else Which.UNCERTAIN

    @property
    def source(self) -> str:
        return self.request.GET.get("source", "")

    def address(self, *, which: Which | None = None, source: str = "") -> str:
        """The address of a list."""
        query = {"which": which} if which == Which.FAILED else {}
        query |= {"source": source} if source else {}
        return reverse(f"{NAMESPACE}:index") + (f"?{urlencode(query)}" if query else "")

    def get_context_data(self, **kwargs) -> dict:
        now = timezone.now()
        page = Paginator(undecided_keys(self.which, source=self.source), PER_PAGE).get_page(self.request.GET.get("p"))
        mails = load_undecided(list(page.object_list))
        uncertain, failed = uncertain_count(), failed_count()
        tabs = [
            (Which.UNCERTAIN, _("Nobody knows whether it arrived"), uncertain),
            (Which.FAILED, _("Single mails that were turned down"), failed),
        ]
        rows = [{"mail": mail, "may_decide": may_decide(self.request, mail)} for mail in mails]
        found = sources() if self.which == Which.UNCERTAIN else []
        return super().get_context_data(**kwargs) | {
            "now": now,
            "which": self.which,
            "tabs": [(self.address(which=one), words, count, one == self.which) for one, words, count in tabs],
            "sources": [("", _("All"), uncertain), *found] if len(found) > 1 else [],
            "source": self.source,
            "page_obj": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "here": self.address(which=self.which, source=self.source),
            "rows": rows,
            "may_decide_any": any(row["may_decide"] for row in rows),
            "decisions": self._decisions(),
        }

    def _decisions(self) -> list[Decision]:
        """What was turned down for certain did not arrive."""
        return [one for one in DECISIONS.values() if self.which == Which.UNCERTAIN or one.name != SENT]

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now, post = timezone.now(), request.POST
        name, _colon, key = post.get("one", "").partition(":")
        decision = DECISIONS.get(name or post.get("decision", ""))
        keys = [key] if key else post.getlist("mail")
        back = self.address(which=self.which, source=self.source)
        if decision is None or not keys:
            words = _("Please press one of the buttons.") if keys else _("Please tick the mails first.")
            messages.warning(request, f"{words}{_('Nothing was changed.')}")
            return redirect(back)
        mails = load_undecided(keys[:PER_PAGE])
        if decision.name == AGAIN:
            mails_left = [mail for mail in mails if not mail.obstacle]
        else:
            mails_left = [mail for mail in mails if decision.name != SENT or not mail.is_refused]
        if not mails_left:
            messages.warning(request, _("There is nothing to decide about these mails any more. Nothing was changed."))
            return redirect(back)
        asks_moment = decision.name == AGAIN and any(mail.needs_last_moment(now=now) for mail in mails_left)
        form = self._form(now, asks_moment=asks_moment)
        is_weighty = decision.name == AGAIN or len(keys) > 1
        if is_weighty and ("confirmed" not in post or (form is not None and not form.is_valid())):
            return self._ask(decision, mails_left, skipped=len(mails) - len(mails_left), form=form)
        self._decide_all(mails_left, decision, now, form.cleaned_data["not_after"] if form else None)
        return redirect(back)

    def _form(self, now: datetime, *, asks_moment: bool) -> LastMomentForm | None:
        if not asks_moment:
            return None
        if "confirmed" in self.request.POST:
            return LastMomentForm(self.request.POST, now=now)
        midnight = day_end(tokyo_date(now)).astimezone(TOKYO)
        return LastMomentForm(now=now, initial={"not_after": midnight})

    def _ask(
        self, decision: Decision, mails: list[Undecided], *, skipped: int, form: LastMomentForm | None
    ) -> HttpResponse:
        self.template_name = "newsletter/uncertain/ask.html"
        context = WagtailAdminTemplateMixin.get_context_data(self)
        context |= {
            "decision": decision,
            "is_again": decision.name == AGAIN,
            "may_double": decision.name == AGAIN and any(not mail.is_refused for mail in mails),
            "mails": mails,
            "skipped": skipped,
            "waits": any(mail.waits_for_issue for mail in mails),
            "form": form,
            "back": self.address(which=self.which, source=self.source),
        }
        return self.render_to_response(context)

    def _decide_all(
        self, mails: list[Undecided], decision: Decision, now: datetime, not_after: datetime | None
    ) -> None:
        done, refused = 0, Counter()
        for mail in mails:
            try:
                decide(mail, decision.name, request=self.request, now=now, not_after=not_after)
            except REFUSALS as error:
                refused[error_words(error)] += 1
            else:
                done += 1
        if done:
            messages.success(self.request, _done_words(decision.name, done))
        for words, count in refused.items():
            messages.warning(self.request, f"{words}（{count}）")


def _done_words(name: str, count: int) -> str:
    words = {
        SENT: ngettext("%(count)d mail is marked as arrived.", "%(count)d mails are marked as arrived.", count),
        AGAIN: ngettext("%(count)d mail is sent once more.", "%(count)d mails are sent once more.", count),
        GIVE_UP: ngettext("%(count)d mail is not sent any more.", "%(count)d mails are not sent any more.", count),
    }
    return words[name] % {"count": count}


NEAR = ("/admin/issues/", "/admin/uncertain-mails/", "/admin/subscribers/", "/admin/deliveries/")


class UncertainMenuItem(MenuItem):
    """With the number of mails that wait, on the first screen and those of the mail: counting costs three queries."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_see(request)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        is_near = request.path.startswith(NEAR) or request.path == reverse("wagtailadmin_home")
        count = uncertain_count() + failed_count() if is_near else 0
        label = f"{self.label}（{count:,}）" if count else str(self.label)
        return LinkMenuItem(
            self.name, label, self.url, icon_name=self.icon_name, classname=self.classname, attrs=self.attrs
        )


class UncertainViewSet(ViewSet):
    """The screen at /admin/uncertain-mails/."""

    name = NAMESPACE
    url_prefix = "uncertain-mails"
    icon = "help"
    menu_label = gettext_lazy("Mails that may not have arrived")
    menu_name = "uncertain-mails"
    menu_order = 15
    menu_item_class = UncertainMenuItem

    def get_urlpatterns(self) -> list:
        return [path("", UncertainMailsView.as_view(), name="index")]
