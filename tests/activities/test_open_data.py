"""Events, facilities and groups as open data, as somebody's program reads them."""

import csv
import io

import pytest

from activities import open_data
from activities.models import Area, EventState, GroupContact, Place
from config.builders import add_event, add_group

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    "＋1",
    "－1+1",
    "＠SUM(A1)",
]


@pytest.fixture
def table(client):
    """The rows of one file, by column."""

    def read(name: str) -> list[dict[str, str]]:
        response = client.get(f"/open-data/{name}.csv")
        assert response.status_code == 200
        assert response.content.startswith(b"\xef\xbb\xbf")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))

    return read


def test_events_come_in_the_agreed_columns_one_row_a_session(tree, tokyo, morning, centre, table):
    place = Place.objects.create(
        name="中央公民館", address="郡山市麓山1-8-4", latitude="37.400187", longitude="140.358236"
    )
    page = add_event(
        tree,
        "会計講座",
        sessions=[(tokyo(2026, 12, 5, 13, 30), tokyo(2026, 12, 5, 15)), (tokyo(2026, 12, 12, 13, 30), None)],
        place=place,
        venue_name="第1会議室",
        is_free=True,
        summary="帳簿のつけかた",
        capacity=20,
        contact_name="見本花子",
        contact_phone="024-924-3352",
        application_way="phone",
        apply_by_on=tokyo(2026, 12, 3).date(),
        apply_by_time=tokyo(2026, 12, 3, 17).time(),
        organiser_name="市民活動サポートセンター",
    )
    first, second = table("events")
    assert list(first) == [
        *("都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "イベント名", "イベント名_カナ"),
        *("イベント名_英語", "開始日", "終了日", "開始時間", "終了時間", "開始日時特記事項", "説明", "料金(基本)"),
        *("料金(詳細)", "連絡先名称", "連絡先電話番号", "連絡先内線番号", "主催者", "場所名称", "住所", "方書", "緯度"),
        *(
            "経度",
            "アクセス方法",
            "駐車場情報",
            "定員",
            "参加申込終了日",
            "参加申込終了時間",
            "参加申込方法",
            "URL",
            "備考",
        ),
    ]
    assert first["都道府県コード又は市区町村コード"] == "072036"
    assert first["市区町村名"] == "郡山市"
    assert (first["開始日"], first["終了日"]) == ("2026-12-05", "2026-12-05")
    assert (first["開始時間"], first["終了時間"]) == ("13:30", "15:00")
    assert (second["開始日"], second["終了時間"]) == ("2026-12-12", "")
    assert "全2回の2回目" in second["開始日時特記事項"]
    assert (first["場所名称"], first["方書"]) == ("中央公民館", "第1会議室")
    assert (first["緯度"], first["経度"]) == ("37.400187", "140.358236")
    assert first["料金(基本)"] == "無料"
    assert first["連絡先電話番号"] == "024-924-3352"
    assert (first["参加申込終了日"], first["参加申込終了時間"]) == ("2026-12-03", "17:00")
    assert first["URL"] == f"https://assist-park.example{page.get_url()}"
    assert first["主催者"] == "市民活動サポートセンター"
    assert first["NO"] != second["NO"]


def test_a_cancelled_event_a_sample_and_a_translation_are_told(tree, tokyo, morning, centre, table, translated):
    page = add_event(
        tree, "音楽会", sessions=[(tokyo(2026, 12, 5, 9), None)], state=EventState.CANCELLED, is_sample=True
    )
    translated(page, "en", "A concert")
    (row,) = table("events")
    assert row["イベント名"] == "【見本】音楽会"
    assert row["イベント名_英語"] == "A concert"
    assert row["開始日時特記事項"].startswith("【中止】")


def test_an_all_day_event_has_days_and_no_times(tree, tokyo, morning, centre, table):
    add_event(tree, "写真展", sessions=[(tokyo(2026, 11, 20), tokyo(2026, 12, 15))], all_day=True)
    (row,) = table("events")
    assert (row["開始日"], row["終了日"], row["開始時間"], row["終了時間"]) == ("2026-11-20", "2026-12-15", "", "")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_run_as_a_formula(tree, tokyo, morning, centre, table, text):
    title = text.strip() or "題"
    add_event(tree, title, sessions=[(tokyo(2026, 12, 5, 9), None)], summary=text, contact_phone=text[:40])
    (row,) = table("events")
    for value in row.values():
        assert value[:1] not in ("=", "+", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
        assert not value.startswith("-") or open_data.NUMBER.fullmatch(value)
    assert title in row["イベント名"]


def test_negative_numbers_and_phones_stay_as_they_are(tree, morning, centre, table):
    Place.objects.create(name="南", latitude="-37.4", longitude="-140.38", phone="024-924-3352")
    (row,) = table("facilities")
    assert (row["緯度"], row["電話番号"]) == ("-37.400000", "024-924-3352")


def test_commas_quotes_and_line_ends_survive(tree, tokyo, morning, centre, table):
    text = '一,二"三"\n四'
    add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None)], summary=text)
    (row,) = table("events")
    assert row["説明"] == text


def test_facilities_come_in_the_agreed_columns_with_their_faults_marked(tree, morning, centre, table):
    Place.objects.create(
        name="西田ふれあいセンター",
        address="西田町",
        category="集会所",
        source_url="https://city.example/a.csv",
        doubt="住所が合わない",
    )
    (row,) = table("facilities")
    assert list(row) == list(open_data.FACILITY_COLUMNS)
    assert list(row)[:8] == [*open_data.WHO_COLUMNS, "名称", "名称_カナ", "名称_通称", "POIコード"]
    assert row["名称"] == "西田ふれあいセンター"
    assert row["備考"] == "要確認：住所が合わない"
    assert row["URL"] == "https://city.example/a.csv"


def test_groups_tell_only_the_contacts_that_they_make_public(tree, morning, centre, table, client):
    group = add_group(tree, "川とみどりの会", kana="かわとみどりのかい", notice_email="himitsu@group.example")
    for value, publicity in (("024-000-1111", "public"), ("024-999-9999", "centre")):
        GroupContact.objects.create(page=group, kind="phone", value=value, publicity=publicity)
    group.areas = [Area.objects.create(slug="tomikuyama", name="富久山")]
    group.save()
    (row,) = table("groups")
    assert (row["団体名"], row["団体名_カナ"]) == ("川とみどりの会", "かわとみどりのかい")
    assert row["電話番号"] == "024-000-1111"
    assert row["活動地域"] == "富久山"
    content = client.get("/open-data/groups.csv").content.decode()
    assert "024-999-9999" not in content and "himitsu" not in content


def test_the_page_names_files_columns_numbers_licence_and_source(tree, tokyo, morning, centre, seen, client):
    add_event(tree, "催し", sessions=[(tokyo(2026, 12, 5, 9), None), (tokyo(2026, 12, 6, 9), None)])
    add_event(tree, "下書き", sessions=[(tokyo(2026, 12, 5, 9), None)], live=False)
    words = seen("/open-data/")
    assert "2行、2026年（令和8年）11月24日（火）現在。" in words
    assert "CC BY 4.0" in words and "郡山市オープンデータ" in words
    for column in (*open_data.EVENT_COLUMNS, *open_data.FACILITY_COLUMNS, *open_data.GROUP_COLUMNS):
        assert column in words
    html = client.get("/open-data/").content.decode()
    for name in ("events", "facilities", "groups"):
        assert f'href="{name}.csv"' in html


def test_an_unknown_file_is_not_found(tree, client):
    assert client.get("/open-data/members.csv").status_code == 404


def test_many_rows_cost_no_query_each(tree, tokyo, morning, centre, client, django_assert_max_num_queries):
    for number in range(12):
        group = add_group(tree, f"会{number}")
        GroupContact.objects.create(page=group, kind="phone", value="024-000-1111", publicity="public")
        add_event(tree, f"催し{number}", sessions=[(tokyo(2026, 12, 5, 9), None)], organiser_group=group)
    for name in ("events", "groups", "facilities"):
        client.get(f"/open-data/{name}.csv")
        with django_assert_max_num_queries(12):
            client.get(f"/open-data/{name}.csv")
