"""The figures of the promise as spreadsheets: the tables below one another, or each notice with its verdict.

XLSX comes from Wagtail's own exporter, which writes every text as text. CSV comes in two flavours: plain, for programs,
and guarded, for Excel, where a cell that begins like a formula gets an apostrophe before it.
"""

from collections import OrderedDict
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from activities.deadlines import within_literal_days
from activities.notices.figures import Fact, Figures, Tally
from center.opening import TOKYO

XLSX, CSV, CSV_EXCEL = "xlsx", "csv", "csv-excel"
FORMATS = (XLSX, CSV, CSV_EXCEL)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"

TALLY_COLUMNS = {
    "section": gettext_lazy("Table"),
    "label": pgettext_lazy("figures", "Row"),
    "received_count": pgettext_lazy("figures", "Received"),
    "counted": pgettext_lazy("figures", "Counted"),
    "on_time_count": pgettext_lazy("figures", "By the due day"),
    "share_words": pgettext_lazy("figures", "Share by the due day"),
    "literal_count": pgettext_lazy("figures", "Within three days"),
    "literal_words": pgettext_lazy("figures", "Share within three days"),
    "published_count": pgettext_lazy("figures", "Published"),
    "declined_count": pgettext_lazy("figures", "Declined"),
    "withdrawn_count": pgettext_lazy("figures", "Withdrawn"),
    "open_count": pgettext_lazy("figures", "Open"),
    "late_count": pgettext_lazy("figures", "Late"),
    "return_count": pgettext_lazy("figures", "Returns"),
    "asked_twice_count": pgettext_lazy("figures", "Asked twice or more"),
    "unprepared_count": pgettext_lazy("figures", "Due while closed"),
    "median_words": pgettext_lazy("figures", "Days to publication (median)"),
}
NOTICE_COLUMNS = {
    "number": pgettext_lazy("figures", "Number"),
    "kind": pgettext_lazy("figures", "Kind"),
    "title": pgettext_lazy("figures", "Title"),
    "channel": gettext_lazy("Way of receipt"),
    "state": pgettext_lazy("figures", "State"),
    "received_at": pgettext_lazy("figures", "Received at"),
    "due_on": pgettext_lazy("figures", "Due on"),
    "settled_at": pgettext_lazy("figures", "Settled at"),
    "days": pgettext_lazy("figures", "Days to publication"),
    "verdict": pgettext_lazy("figures", "By the due day"),
    "literal": pgettext_lazy("figures", "Within three days"),
    "return_count": pgettext_lazy("figures", "Returns"),
    "sample": pgettext_lazy("figures", "Sample"),
}


class Sheet(SpreadsheetExportMixin):
    """Rows under headings, through Wagtail's exporter; it is no view and has no buttons."""

    def __init__(self, columns: dict, rows: list[dict], filename: str) -> None:
        self.list_export = list(columns)
        self.export_headings = columns
        self.rows = rows
        self.export_filename = filename

    @cached_property
    def header_more_buttons(self) -> list:
        return []

    def to_row_dict(self, item: dict) -> OrderedDict:
        return OrderedDict((name, item[name]) for name in self.list_export)

    def response(self, form: str) -> HttpResponse:
        """The file in one of FORMATS."""
        if form == XLSX:
            return self.write_xlsx_response(self.rows)
        if form == CSV_EXCEL:
            self.rows = [{name: guarded(value) for name, value in row.items()} for row in self.rows]
        answer = self.write_csv_response(self.rows)
        answer["Content-Type"] = "text/csv; charset=utf-8"
        if form == CSV_EXCEL:
            answer.streaming_content = [BOM.encode(), *answer.streaming_content]
        return answer


def guarded(value: object) -> object:
    """A text that a spreadsheet would take for a formula, made harmless."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def tables(found: Figures) -> Sheet:
    """All tables of the screen below one another."""
    rows = [_tally_row(section, row) for section, tallies in found.sections for row in tallies]
    rows += [
        dict.fromkeys(TALLY_COLUMNS, "") | {"section": _("Returns by reason"), "label": label, "return_count": count}
        for label, count in found.reasons
    ]
    return Sheet(TALLY_COLUMNS, rows, f"notices-{found.choice.year}-{found.choice.medium}")


def notices(found: Figures) -> Sheet:
    """Each notice of the chosen year with what was counted of it: no person, no address."""
    rows = _notice_rows(found.total.facts, found)
    return Sheet(NOTICE_COLUMNS, rows, f"notices-{found.choice.year}-{found.choice.medium}-each")


def _tally_row(section: str, row: Tally) -> dict:
    return {"section": section} | {name: getattr(row, name) for name in list(TALLY_COLUMNS)[1:]}


def _notice_rows(facts: Iterable[Fact], found: Figures) -> list[dict]:
    return [
        {
            "number": fact.notice.number,
            "kind": fact.notice.get_kind_display(),
            "title": fact.notice.title,
            "channel": fact.notice.get_channel_display(),
            "state": fact.notice.get_state_display(),
            "received_at": _moment(fact.notice.received_at),
            "due_on": fact.notice.due_on.isoformat() if fact.notice.due_on else "",
            "settled_at": _moment(fact.settlement.settled_at),
            "days": "" if fact.days_to_publication is None else fact.days_to_publication,
            "verdict": verdict_words(fact.settlement.on_time(found.total.today)),
            "literal": literal_words(fact, found.total.today),
            "return_count": fact.notice.return_count,
            "sample": _("sample") if fact.notice.is_sample else "",
        }
        for fact in facts
    ]


def verdict_words(verdict: bool | None) -> str:
    """Whether a notice was on time, in words; what does not count says so."""
    if verdict is None:
        return _("not counted")
    return _("on time") if verdict else _("late")


def literal_words(fact: Fact, today) -> str:
    """The same for the literal three days; over the same notices."""
    if fact.settlement.on_time(today) is None:
        return _("not counted")
    is_within = within_literal_days(fact.settlement.received_at, fact.settlement.settled_at)
    return _("within three days") if is_within else _("later")


def _moment(moment) -> str:
    return f"{moment.astimezone(TOKYO):%Y-%m-%d %H:%M}" if moment else ""
