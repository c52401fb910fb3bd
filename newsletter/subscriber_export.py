"""Taking out the list of subscribers: a spreadsheet with nothing but text in it, and a line about who took how many."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from activities.notices.figure_export import CSV_EXCEL, XLSX, Sheet
from center.models import User
from center.opening import TOKYO, tokyo_date
from newsletter.models import ConsentEvent, Subscriber, SubscriberFile, SubscriberState
from newsletter.tokens import address_hash

EXPORTED = "newsletter.export_subscribers"
FORMATS = {XLSX: gettext_lazy("Excel (XLSX)"), CSV_EXCEL: gettext_lazy("CSV")}
ALL = "all"

COLUMNS = {
    "email": gettext_lazy("Address"),
    "locale": gettext_lazy("Language"),
    "format": gettext_lazy("Form of the mail"),
    "topics": gettext_lazy("Kinds of mail"),
    "state": gettext_lazy("State"),
    "source": gettext_lazy("How they signed up"),
    "consented_on": gettext_lazy("Date of consent"),
    "confirmed_at": gettext_lazy("Confirmed at"),
    "left_at": gettext_lazy("Left at"),
}


def chosen(state: str) -> QuerySet[Subscriber]:
    """Those of one state, or with "all" everybody but the erased; by address."""
    known = Subscriber.objects.exclude(state=SubscriberState.ERASED)
    return (known if state == ALL else known.filter(state=state)).order_by("email_norm")


def export(*, state: str, form: str, by: User, now: datetime) -> HttpResponse:
    """The file as an answer. The line in the log is written first: no file leaves without one."""
    rows = _rows(chosen(state).prefetch_related("topics"))
    name = f"subscribers-{tokyo_date(now):%Y%m%d}"
    _write_down(name=name, state=state, form=form, count=len(rows), by=by, now=now)
    response = Sheet(COLUMNS, rows, name).response(form)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@transaction.atomic
def _write_down(*, name: str, state: str, form: str, count: int, by: User, now: datetime) -> None:
    file = SubscriberFile.objects.create(
        kind=SubscriberFile.Kind.EXPORT,
        name=name,
        options={"state": state, "form": form},
        counts={"rows": count},
        by=by,
        at=now,
        applied_at=now,
    )
    log(instance=file, action=EXPORTED, user=by, data={"count": count})


def _rows(subscribers: QuerySet[Subscriber]) -> list[dict]:
    agreed = ConsentEvent.objects.filter(action__in=(ConsentEvent.Action.CONFIRMED, ConsentEvent.Action.IMPORTED))
    days = {digest: day or tokyo_date(at) for digest, day, at in agreed.values_list("email_hash", "consented_on", "at")}
    return [
        {
            "email": one.email,
            "locale": one.get_locale_display(),
            "format": one.get_format_display(),
            "topics": "、".join(topic.name for topic in one.topics.all()),
            "state": one.get_state_display(),
            "source": one.get_source_display() or _("not recorded"),
            "consented_on": _day(days.get(address_hash(one.email_norm))),
            "confirmed_at": _moment(one.confirmed_at),
            "left_at": _moment(one.left_at),
        }
        for one in subscribers
    ]


def _day(day) -> str:
    return day.isoformat() if day else ""


def _moment(at) -> str:
    return f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}" if at else ""
