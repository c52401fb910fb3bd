"""A registered group's own pages: asking for its link, what it has sent and can send again, the yearly question.

Everything behind the link is private. Looking changes nothing, since mail scanners open links; what changes something
is a form. Like the status pages they stand behind a token in the address and need no cookie.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities.kinds import NoticeKind
from activities.models import GroupLink, GroupPage, Notice
from activities.notices import group_home
from activities.notices.drafts import start_draft
from activities.notices.group_checks import confirm_group, facts_in_short, open_check
from activities.notices.group_forms import LinkForm
from activities.notices.groups import link_by_token, note_use, notices_of, send_links_to, token_of
from activities.notices.limits import may_ask_for_link
from activities.notices.refill import Typed, as_typed_again, who_sent
from activities.notices.views import private
from center.opening import tokyo_date
from center.queries import centre_settings

GroupView = Callable[..., HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the link by the group's name or address. The answer is the same whether there is such a group or not."""
    now = timezone.now()
    form = LinkForm(request.POST if request.method == "POST" else None, now=now, guard_phone=centre_settings().phone)
    if request.method == "POST" and form.is_valid():
        if may_ask_for_link(request.META.get("REMOTE_ADDR", ""), on=tokyo_date(now)):
            send_links_to(asked=form.cleaned_data["asked"], now=now)
        return private(redirect("notices:group_sent"))
    context = {"form": form, "names": group_home.names_of_groups(now=now)}
    return private(render(request, "notices/group_ask.html", context))


@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """What happens now; the same words for everybody."""
    return private(render(request, "notices/group_sent.html"))


def _of_link(view: GroupView) -> GroupView:
    """Hand the link that the token opens to the view; an unknown or ended one gets a page that says so."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        link = link_by_token(token, now=timezone.now())
        if link is None:
            return private(render(request, "notices/unknown.html", {"is_group": True}, status=404))
        return private(view(request, link))

    return opened


@_of_link
@require_GET
def home(request: HttpRequest, link: GroupLink) -> HttpResponse:
    """The group's notices, open and earlier ones, and the ways to send something."""
    now = timezone.now()
    shown = group_home.shown(link.group, now=now, everything="all" in request.GET)
    context = {
        "group": link.group,
        "link": link,
        "token": token_of(link),
        "today": tokyo_date(now),
        "check": open_check(link.group, now=now),
        **shown,
    }
    return render(request, "notices/group_home.html", context)


@_of_link
@require_POST
def new(request: HttpRequest, link: GroupLink) -> HttpResponse:
    """A new notice, with what is known of the group filled in."""
    return _start(request, link, _who(link.group), source=f"group:{link.group_id}")


@_of_link
@require_POST
def again(request: HttpRequest, link: GroupLink) -> HttpResponse:
    """A notice made from an earlier one of the same group, its days moved to the year to come."""
    notice = notices_of(link.group).filter(number=request.POST.get("number", "")).first()
    if notice is None:
        return redirect("notices:group", token=token_of(link))
    typed = as_typed_again(notice, today=tokyo_date(timezone.now())) | _who(link.group)
    return _start(request, link, typed, source=f"last:{notice.number}")


@_of_link
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, link: GroupLink) -> HttpResponse:
    """The yearly question: what the page says, and one button that says it is right."""
    now = timezone.now()
    if request.method == "POST":
        confirm_group(group=link.group, now=now)
        note_use(link, now=now)
        return redirect(reverse("notices:group_check", args=[token_of(link)]) + "?done=1")
    is_done = "done" in request.GET and link.group.last_confirmed_on == tokyo_date(now)
    return _check_page(request, link, "notices/group_check.html", is_done=is_done)


@_of_link
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, link: GroupLink) -> HttpResponse:
    """Something on the group's page is not right any more: a change of it is written on the usual form."""
    if request.method != "POST":
        return _check_page(request, link, "notices/group_correct.html")
    about = {"kind": [NoticeKind.CHANGE.value], "about_text": [link.group.get_url() or link.group.title]}
    return _start(request, link, _who(link.group) | about, source=f"check:{link.group_id}")


def _check_page(request: HttpRequest, link: GroupLink, template: str, **more) -> HttpResponse:
    context = {"group": link.group, "token": token_of(link), "facts": facts_in_short(link.group), **more}
    return render(request, template, context)


def _who(group: GroupPage) -> Typed:
    """Who writes for the group: as in its last notice, at the group's own address."""
    last: Notice | None = notices_of(group).first()
    known = who_sent(last) if last else {}
    return known | {"group_name": [group.title], "contact_email": [group.notice_email]}


def _start(request: HttpRequest, link: GroupLink, typed: Typed, *, source: str) -> HttpResponse:
    now = timezone.now()
    _draft, token = start_draft(typed=typed, now=now, group=link.group, source=source)
    note_use(link, now=now)
    return redirect("notices:resume", token=token)
