"""The figures of the promise: against a slow count in plain Python, on the screen, in the files, and at home."""

import csv
import io
import os
import random
from datetime import date, datetime, timedelta

import pytest
import time_machine
from openpyxl import load_workbook

from activities.models import Notice, NoticeEntry
from activities.notices.figures import Choice, figures, year_so_far
from center.opening import TOKYO
from home.promise import promise_record
from tests.activities.notice_builders import day, words_of

pytestmark = pytest.mark.django_db
TODAY = date(2027, 6, 15)
NOW = day(2027, 6, 15, 10)
ROWS = 20_000 if os.environ.get("FULL") else 500
KINDS = ["event", "call", "grant", "report", "match", "change", "cancellation", "other"]
CHANNELS = ["form", "phone", "fax", "counter", "mail"]
REASONS = ["facts_missing", "no_text", "criteria", "other"]


def random_notices(count: int, seed: int) -> list[Notice]:
    """Notices in every state over three fiscal years, some on the edges of days, months and years."""
    dice = random.Random(seed)
    edges = [day(2026, 3, 31, 23, 59, 59), day(2026, 4, 1), day(2026, 12, 31, 23, 59), day(2027, 1, 1)]
    rows = []
    for number in range(count):
        received = (
            dice.choice(edges)
            if dice.random() < 0.05
            else day(2025, 4, 1) + timedelta(minutes=dice.randrange(805 * 24 * 60))
        )
        due = received.astimezone(TOKYO).date() + timedelta(days=dice.choice([3, 3, 3, 5, 12]))
        state = dice.choice(
            ["received", "reviewing", "returned", "published", "published", "published", "declined", "withdrawn"]
        )
        settled = received + timedelta(minutes=dice.randrange(9 * 24 * 60))
        if dice.random() < 0.1:
            midnight = datetime(due.year, due.month, due.day, tzinfo=TOKYO) + timedelta(days=1)
            settled = midnight - timedelta(seconds=dice.choice([0, 1]))
        kind = dice.choice(KINDS)
        is_change = kind in ("change", "cancellation")
        has_clock = state != "returned" and dice.random() < 0.93
        media = ["web"] + (["facebook"] if dice.random() < 0.6 else [])
        rows.append(
            Notice(
                number=f"{received.year}-{number + 1:05d}",
                kind=kind,
                state=state,
                channel=dice.choice(CHANNELS),
                title="催し",
                group_name="会",
                contact_name="人",
                received_at=received,
                status_token_hash=str(number),
                due_on=due if has_clock else None,
                prepare_by=due if has_clock and dice.random() < 0.9 else None,
                public_since=settled if state == "published" and not is_change else None,
                applied_at=settled if state == "published" and is_change else None,
                settled_at=settled if state in ("published", "declined", "withdrawn") else None,
                facebook_posted_at=settled + timedelta(hours=dice.randrange(-30, 60)) if dice.random() < 0.5 else None,
                late_return=dice.random() < 0.06,
                return_count=dice.choice([0, 0, 0, 1, 2, 3]),
                media=media,
                is_sample=dice.random() < 0.1,
                held_at=received if dice.random() < 0.04 else None,
            )
        )
    return Notice.objects.bulk_create(rows)


def slow_count(notices: list[Notice], *, year: int, medium: str, kind: str, samples: bool, month: int = 0) -> dict:
    """The same figures, counted one by one in the words of the rule."""
    counts = dict.fromkeys(
        (
            "received",
            "counted",
            "on_time",
            "literal",
            "published",
            "declined",
            "withdrawn",
            "open",
            "late",
            "closed",
            "returns",
        ),
        0,
    )
    days = []
    for row in notices:
        local = row.received_at.astimezone(TOKYO)
        fiscal = local.year if local.month >= 4 else local.year - 1
        if row.held_at or fiscal != year or (kind and row.kind != kind) or (row.is_sample and not samples):
            continue
        if (month and local.month != month) or (medium == "facebook" and "facebook" not in row.media):
            continue
        counts["received"] += 1
        counts["returns"] += row.return_count
        if row.state == "withdrawn":
            counts["withdrawn"] += 1
            continue
        done = None
        if row.state == "declined":
            counts["declined"] += 1
            done = row.settled_at
        elif medium == "facebook":
            done = row.facebook_posted_at
            counts["published" if done else "open"] += 1
        elif row.state == "published":
            counts["published"] += 1
            done = row.applied_at if row.kind in ("change", "cancellation") else row.public_since
        else:
            counts["open"] += 1
        if done and row.state != "declined":
            days.append((done.astimezone(TOKYO).date() - local.date()).days)
        if row.late_return:
            kept = False
        elif done:
            kept = row.due_on is None or done.astimezone(TOKYO).date() <= row.due_on
        elif row.due_on is not None and row.due_on < TODAY:
            kept = False
        else:
            continue
        counts["counted"] += 1
        counts["on_time"] += kept
        counts["late"] += not kept
        counts["closed"] += row.due_on is not None and row.prepare_by is None
        counts["literal"] += bool(done) and (done.astimezone(TOKYO).date() - local.date()).days <= 3
    days.sort()
    half = len(days) // 2
    counts["median"] = None if not days else days[half] if len(days) % 2 else (days[half - 1] + days[half]) / 2
    return counts


def fast(row) -> dict:
    return {
        "received": row.received_count,
        "counted": row.counted,
        "on_time": row.on_time_count,
        "literal": row.literal_count,
        "published": row.published_count,
        "declined": row.declined_count,
        "withdrawn": row.withdrawn_count,
        "open": row.open_count,
        "late": row.late_count,
        "closed": row.unprepared_count,
        "returns": row.return_count,
        "median": row.median_days,
    }


def test_the_figures_are_those_of_a_slow_count(django_assert_num_queries):
    notices = random_notices(ROWS, seed=4)
    for year in (2025, 2026, 2027):
        for medium in ("web", "facebook"):
            for kind in ("", "event", "change"):
                for samples in (True, False):
                    asked = {"year": year, "medium": medium, "kind": kind, "samples": samples}
                    found = figures(Choice(year, medium, kind, samples), today=TODAY)
                    assert fast(found.total) == slow_count(notices, **asked), asked
                    for row in found.months:
                        assert fast(row) == slow_count(notices, **asked, month=row.month)
                    assert sum(row.received_count for row in found.months) == found.total.received_count
                    assert sum(row.received_count for row in found.kinds) == found.total.received_count
                    assert sum(row.received_count for row in found.channels) == found.total.received_count
    with django_assert_num_queries(2):
        figures(Choice(2026), today=TODAY)


def test_the_months_stand_from_april_to_march():
    random_notices(400, seed=5)
    months = [row.month for row in figures(Choice(2026), today=TODAY).months]
    assert months == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]


def notice(number: int, received: datetime, due: date | None, **fields) -> Notice:
    return Notice.objects.create(
        number=f"2026-{number:04d}", kind=fields.pop("kind", "event"), title=fields.pop("title", "催し"),
        group_name="会", contact_name="人", received_at=received, due_on=due, prepare_by=due,
        status_token_hash=str(number), media=fields.pop("media", ["web"]), **fields,
    )  # fmt: skip


@pytest.fixture
def four() -> list[Notice]:
    """On time; on time by the rule but not in three days; late; open and not yet due."""
    received = day(2026, 11, 2, 10)
    return [
        notice(1, received, date(2026, 11, 5), state="published", public_since=day(2026, 11, 3), channel="form"),
        notice(2, received, date(2026, 11, 9), state="published", public_since=day(2026, 11, 9), channel="phone"),
        notice(3, received, date(2026, 11, 5), state="reviewing", return_count=2, title='=HYPERLINK("x")'),
        notice(4, day(2026, 11, 18), date(2026, 11, 21), media=["web", "facebook"]),
    ]


def test_home_tells_the_figures_of_the_desk_in_one_query(four, django_assert_num_queries):
    today = date(2026, 11, 20)
    desk = figures(Choice(2026), today=today)
    with django_assert_num_queries(1):
        record = promise_record(today)
    assert record.total == desk.total.rate == year_so_far(today)[0].rate
    assert (record.total.on_time, record.total.total, record.total.literal) == (2, 3, 1)


def test_facebook_counts_only_what_it_is_meant_for_and_when_the_post_is_there():
    received, due = day(2026, 11, 2, 10), date(2026, 11, 5)
    both = ["web", "facebook"]
    notice(1, received, due, state="published", public_since=day(2026, 11, 3))
    notice(2, received, due, state="published", public_since=day(2026, 11, 3), media=both)
    notice(3, received, due, state="reviewing", media=both, facebook_posted_at=day(2026, 11, 4))
    notice(4, received, due, state="published", public_since=day(2026, 11, 3), media=both,
           facebook_posted_at=day(2026, 11, 6))  # fmt: skip
    found = figures(Choice(2026, "facebook"), today=date(2026, 11, 20)).total
    assert (found.received_count, found.on_time_count, found.counted) == (3, 1, 3)
    assert figures(Choice(2026), today=date(2026, 11, 20)).total.on_time_count == 3


def test_returns_are_told_by_reason_and_who_was_asked_twice(four):
    for reason in ("no_text", "no_text", "criteria"):
        NoticeEntry.objects.create(notice=four[2], at=day(2026, 11, 3), kind="returned", reason=reason)
    found = figures(Choice(2026), today=date(2026, 11, 20))
    assert found.reasons == [("文章がない（添付のみ）", 2), ("掲載基準の確認", 1)]
    assert (found.total.return_count, found.total.asked_count, found.total.asked_twice_count) == (2, 1, 1)


# the screen


@pytest.fixture
def read(client, staff):
    """Read the screen of the figures on 20 November 2026."""
    client.force_login(staff)

    def at(query: str = ""):
        with time_machine.travel(day(2026, 11, 20, 10), tick=False):
            response = client.get(f"/admin/notices/figures/{query}")
        assert response.status_code == 200
        return response

    return at


def test_the_screen_tells_both_shares_with_chart_and_table(read, four):
    answer = read()
    words = words_of(answer)
    assert "期限内 67% 3件のうち2件" in words
    assert "文字どおり3日以内 33% 3件のうち1件" in words
    assert '<svg class="chart"' in answer.content.decode()
    assert "11月 4 3 67%" in words
    assert "数え方" in words


def test_what_is_chosen_stands_in_the_address(read, four):
    assert "電話" in words_of(read("?year=2026&medium=web&kind=event"))
    assert "この年度に受け付けた依頼はありません" in words_of(read("?year=2024"))
    assert "期限内 –" in words_of(read("?medium=facebook"))
    for odd in ("?year=%EF%BC%92", "?year=9999999999999", "?kind=x&medium=tv", "?year=-1", "?export=exe"):
        assert "3日以内の約束の記録" in words_of(read(odd))


def test_samples_can_be_left_out(read, four):
    Notice.objects.filter(pk=four[2].pk).update(is_sample=True)
    assert "3件のうち2件" in words_of(read())
    assert "2件のうち2件" in words_of(read("?samples=out"))


def test_without_any_notice_the_screen_says_so(read):
    assert "この年度に受け付けた依頼はありません" in words_of(read())


def test_the_sheet_for_the_printer_has_the_same_figures_and_no_editor(read, four):
    answer = read("?print=1")
    assert "期限内 67% 3件のうち2件" in words_of(answer)
    assert "sidebar" not in answer.content.decode()


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_the_spreadsheet_holds_texts_as_texts(read, four):
    sheet = load_workbook(io.BytesIO(body(read("?export=xlsx")))).active
    rows = [[cell.value for cell in row] for row in sheet]
    assert rows[0][:4] == ["表", "行", "受付", "対象"]
    assert rows[1][:8] == ["受付の月", "11月", 4, 3, 2, "67%", 1, "33%"]
    each = load_workbook(io.BytesIO(body(read("?export=xlsx&list=notices")))).active
    cells = {cell.value: cell.data_type for row in each for cell in row}
    assert cells['=HYPERLINK("x")'] == "s"


def test_csv_comes_plain_and_guarded(read, four):
    plain = body(read("?export=csv&list=notices")).decode()
    assert not plain.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(plain)))
    assert [row["期限内"] for row in rows] == ["期限内", "期限内", "期限超過", "対象外"]
    assert rows[2]["題名"] == '=HYPERLINK("x")'
    guarded = body(read("?export=csv-excel&list=notices")).decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(guarded)))[2]["題名"] == '\'=HYPERLINK("x")'
    assert body(read("?export=csv-excel")).startswith("\ufeff".encode())


def test_who_may_not_see_notices_sees_no_figures(client, django_user_model):
    user = django_user_model.objects.create_user(username="gast", password="himitsu-no-kotoba")
    client.force_login(user)
    assert client.get("/admin/notices/figures/").status_code in (302, 403)


def test_the_figures_stand_among_the_reports(read):
    assert "/admin/notices/figures/" in read().content.decode().split("<main")[0]
