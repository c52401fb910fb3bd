"""Events, facilities and groups as open data: CSV in the columns that Japanese municipalities share.

Source of the columns: デジタル庁 推奨データセット, イベント一覧 and 公共施設一覧. There is none for groups; theirs
follow the same habit. Only what everybody may read goes in. UTF-8 with a byte order mark (Excel in Japan needs it),
CRLF, one header line, days as 2026-12-05, times as 13:30.

A text cell that begins with =, +, -, @ (also full width), a tab or a line end gets one apostrophe before it, because a
spreadsheet would run it as a formula, and groups write these texts. Nothing else is changed; numbers and phone numbers
never begin that way here. The page of the open data says so.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_safe
from wagtail.query import PageQuerySet

from activities import models, queries
from activities.calendars import SECONDS_FRESH, plain
from activities.month_table import session_days
from center.addresses import full_address
from center.models import CentreSettings
from center.opening import TOKYO, tokyo_date
from center.queries import centre_settings
from center.visibility import publicly_visible

BYTE_ORDER_MARK = "\ufeff"
RUNS_IN_SPREADSHEETS = re.compile(r"[=+\-@＝＋－＠\t\r\n]")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
SAMPLE_MARK = "【見本】"

WHO_COLUMNS = ("都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名")
EVENT_COLUMNS = (
    *WHO_COLUMNS,
    *(
        "イベント名",
        "イベント名_カナ",
        "イベント名_英語",
        "開始日",
        "終了日",
        "開始時間",
        "終了時間",
        "開始日時特記事項",
    ),
    *(
        "説明",
        "料金(基本)",
        "料金(詳細)",
        "連絡先名称",
        "連絡先電話番号",
        "連絡先内線番号",
        "主催者",
        "場所名称",
        "住所",
    ),
    *(
        "方書",
        "緯度",
        "経度",
        "アクセス方法",
        "駐車場情報",
        "定員",
        "参加申込終了日",
        "参加申込終了時間",
        "参加申込方法",
    ),
    *("URL", "備考"),
)
FACILITY_COLUMNS = (
    *WHO_COLUMNS,
    *(
        "名称",
        "名称_カナ",
        "名称_通称",
        "POIコード",
        "住所",
        "方書",
        "緯度",
        "経度",
        "電話番号",
        "内線番号",
        "法人番号",
    ),
    *(
        "団体名",
        "利用可能曜日",
        "開始時間",
        "終了時間",
        "利用可能日時特記事項",
        "説明",
        "バリアフリー情報",
        "URL",
        "備考",
    ),
)
GROUP_COLUMNS = (
    *WHO_COLUMNS,
    *(
        "団体名",
        "団体名_カナ",
        "種別",
        "活動分野",
        "活動地域",
        "活動日",
        "活動場所",
        "設立年",
        "会員数",
        "会員数_時点",
        "会費",
    ),
    *("会員募集", "説明", "電話番号", "FAX番号", "メールアドレス", "Webサイト", "最終確認日", "URL", "備考"),
)


def cell(value: object) -> str:
    """One value as a cell: text without control characters, guarded where a spreadsheet would run it; None is empty."""
    if value is None:
        return ""
    text = plain(value).strip(" ")
    if NUMBER.fullmatch(text) or not RUNS_IN_SPREADSHEETS.match(text):
        return text
    return f"'{text}"


def write_csv(columns: Iterable[str], rows: Iterable[dict[str, object]]) -> bytes:
    """The rows in these columns; what a row does not name stays empty."""
    columns = list(columns)
    out = io.StringIO(newline="")
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return out.getvalue().encode()


def _who(centre: CentreSettings, number: object) -> dict[str, object]:
    return dict(zip(WHO_COLUMNS, (centre.city_code, number, centre.prefecture, centre.city), strict=True))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _clock(moment: datetime | None) -> str:
    return f"{moment.astimezone(TOKYO):%H:%M}" if moment else ""


def _named(title: str, is_sample: bool) -> str:
    return f"{SAMPLE_MARK}{title}" if is_sample else title


def event_rows(*, now: datetime, request: HttpRequest | None = None) -> Iterator[dict[str, object]]:
    """One row for each session of every public event in Japanese, over or not, earliest first."""
    centre, visible = centre_settings(), publicly_visible(now=now)
    english = _english_titles(visible)
    for session in queries.all_sessions(now=now):
        page, place = session.page, session.page.place
        first, last = session_days(session)
        times = ("", "") if session.is_all_day else (_clock(session.starts_at), _clock(session.ends_at))
        part = f"全{session.session_count}回の{session.session_number}回目" if session.session_count > 1 else ""
        state = "" if page.state == models.EventState.PLANNED else f"【{page.get_state_display()}】{page.change_note}"
        needs_application = page.application_way != models.ApplicationWay.NONE
        yield _who(centre, f"{page.pk}-{session.session_number}") | {
            "イベント名": _named(page.title, page.is_sample),
            "イベント名_英語": english.get(page.translation_key, ""),
            "開始日": _day(first),
            "終了日": _day(last),
            "開始時間": times[0],
            "終了時間": times[1],
            "開始日時特記事項": " ".join(words for words in (state, part, session.title, session.note) if words),
            "説明": page.summary,
            "料金(基本)": "無料" if page.is_free else page.fee,
            "料金(詳細)": page.fee,
            "連絡先名称": page.contact_name,
            "連絡先電話番号": page.contact_phone,
            "主催者": page.organiser_words,
            "場所名称": place.name if place else page.venue_name or ("オンライン" if page.is_online else ""),
            "住所": page.address_words,
            "方書": page.venue_name if place else "",
            "緯度": place.latitude if place else None,
            "経度": place.longitude if place else None,
            "駐車場情報": page.parking,
            "定員": page.capacity,
            "参加申込終了日": _day(page.apply_by_on) if needs_application else "",
            "参加申込終了時間": f"{page.apply_by_time:%H:%M}" if needs_application and page.apply_by_time else "",
            "参加申込方法": " ".join(str(words) for words in (page.application_words, page.application_text) if words),
            "URL": full_address(page, request),
            "備考": " ".join(words for words in (page.target, "見本のデータです。" if page.is_sample else "") if words),
        }


def _english_titles(visible: PageQuerySet) -> dict[UUID, str]:
    rows = visible.order_by().filter(
        locale__language_code="en", content_type__in=queries.event_content_types().values()
    )
    return dict(rows.values_list("translation_key", "title"))


def facility_rows(*, now: datetime, request: HttpRequest | None = None) -> Iterator[dict[str, object]]:
    """One row for each place, by name."""
    centre = centre_settings()
    for place in models.Place.objects.all():
        doubt = f"要確認：{place.doubt}" if place.doubt else ""
        yield _who(centre, place.pk) | {
            "名称": _named(place.name, place.is_sample),
            "名称_カナ": place.kana,
            "住所": place.address,
            "緯度": place.latitude,
            "経度": place.longitude,
            "電話番号": place.phone,
            "説明": " ".join(words for words in (place.category, place.subcategory) if words),
            "URL": place.source_url,
            "備考": " ".join(words for words in (place.note, doubt) if words),
        }


def group_rows(*, now: datetime, request: HttpRequest | None = None) -> Iterator[dict[str, object]]:
    """One row for each public group in Japanese, in the order of kana, with the contacts that everybody may see."""
    centre, today, kinds = centre_settings(), tokyo_date(now), models.GroupContact.Kind
    for group in queries.groups(now=now, language=queries.JAPANESE).prefetch_related("areas", "contacts"):
        contacts: dict[str, list[str]] = {}
        for contact in group.public_contacts():
            contacts.setdefault(contact.kind, []).append(contact.value)
        recruiting = group.is_recruiting_on(today)
        yield _who(centre, group.pk) | {
            "団体名": _named(group.title, group.is_sample),
            "団体名_カナ": group.kana,
            "種別": group.get_kind_display(),
            "活動分野": "；".join(str(field) for field in group.activity_fields.all()),
            "活動地域": "；".join(str(area) for area in group.areas.all()),
            "活動日": group.activity_days,
            "活動場所": group.activity_place,
            "設立年": group.founded_year,
            "会員数": group.member_count,
            "会員数_時点": _day(group.members_as_of_on),
            "会費": group.membership_fee,
            "会員募集": f"募集中 {group.recruiting_text}".strip() if recruiting else "",
            "説明": group.summary,
            "電話番号": "；".join(contacts.get(kinds.PHONE, [])),
            "FAX番号": "；".join(contacts.get(kinds.FAX, [])),
            "メールアドレス": "；".join(contacts.get(kinds.EMAIL, [])),
            "Webサイト": "；".join(contacts.get(kinds.WEB, [])),
            "最終確認日": _day(group.last_confirmed_on),
            "URL": full_address(group, request),
            "備考": "見本のデータです。" if group.is_sample else "",
        }


@dataclass(frozen=True)
class Dataset:
    """One file. `source` says whose data it is where it is not the centre's own."""

    name: str
    title: str
    text: str
    columns: tuple[str, ...]
    rows: Callable[..., Iterator[dict[str, object]]]
    source: str = ""


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "events",
            _("Events"),
            _("One row for each session, past ones included."),
            EVENT_COLUMNS,
            event_rows,
        ),
        Dataset(
            "facilities",
            _("Facilities"),
            _("The places at which events are held."),
            FACILITY_COLUMNS,
            facility_rows,
            _("Open data of Koriyama City, processed: columns arranged, doubtful entries marked."),
        ),
        Dataset(
            "groups",
            _("Groups"),
            _("The groups in our list, with the contacts that they make public."),
            GROUP_COLUMNS,
            group_rows,
        ),
    )
}


@require_safe
def csv_file(request: HttpRequest, name: str) -> HttpResponse:
    """`/open-data/<name>.csv`; its words are Japanese, whoever asks."""
    dataset = DATASETS[name]
    now = timezone.now()
    with override(queries.JAPANESE):
        content = write_csv(dataset.columns, dataset.rows(now=now, request=request))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}_{tokyo_date(now):%Y%m%d}.csv"'
    patch_cache_control(response, public=True, max_age=SECONDS_FRESH)
    return response


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """`/open-data/`: the files with their columns, numbers of rows, day, licence and source."""
    now = timezone.now()
    visible = publicly_visible(now=now).order_by()
    counts = {
        "events": models.EventSession.objects.filter(page__in=_japanese(visible)).count(),
        "facilities": models.Place.objects.count(),
        "groups": models.GroupPage.objects.filter(pk__in=_japanese(visible)).count(),
    }
    files = [{"dataset": dataset, "count": counts[name], "url": f"{name}.csv"} for name, dataset in DATASETS.items()]
    return render(request, "activities/open_data.html", {"files": files, "today": tokyo_date(now)})


def _japanese(visible: PageQuerySet) -> QuerySet:
    return visible.filter(locale__language_code=queries.JAPANESE).values("pk")
