"""Taking in a file of subscribers: what is read, what is told, what happens."""

import os
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from wagtail.models import ModelLogEntry

from center.models import OutgoingMail
from newsletter.models import ConsentEvent, Subscriber, SubscriberFile, Topic
from newsletter.subscriber_csv import MAX_BYTES, MAX_ROWS, Defaults, FaultCode, decode, read_day, read_sheet
from newsletter.subscriber_import import (
    Fate,
    FileGone,
    PlanChanged,
    apply_file,
    forget_waiting_files,
    keep_file,
    make_plan,
)
from newsletter.subscribers import erase, find_by_token, subscribe_by_staff, suppress_address, take_out
from newsletter.tokens import address_hash, personal_token

IMPORT = "/admin/subscribers/import/"
TODAY = date(2026, 11, 24)
TOPICS = {"monthly": 1, "毎月のメール": 1, "extra": 2, "臨時号": 2}
GIVEN = Defaults(topics=(1, 2), source="paper", consented_on=date(2026, 11, 1))
HEAD = "メールアドレス,言語,形式,種類,申込方法,同意日"
HANAKO = "hanako@example.jp,日本語,文字だけ,臨時号,FAX,2026/11/4"
TARO = "taro@example.jp,英語,,,窓口,令和8年11月5日"
GOOD = f"{HEAD}\r\n{HANAKO}\r\n{TARO}\r\n"


def read(text: str | bytes, defaults: Defaults = GIVEN):
    content = text.encode() if isinstance(text, str) else text
    return read_sheet(content, defaults=defaults, topics=TOPICS, today=TODAY)


def faults(text: str | bytes, defaults: Defaults = GIVEN) -> list[tuple]:
    return [(fault.line, fault.code.value, fault.value) for fault in read(text, defaults).faults]


# Reading


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("cp932"),
        GOOD.encode("utf-16"),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace(",", ";").encode("cp932"),
        GOOD.replace("\r\n", "\n").encode(),
        GOOD.replace("\r\n", "\r").encode(),
        ('"' + GOOD.strip().replace(",", '","').replace("\r\n", '"\r\n"') + '"').encode(),
        GOOD.replace("\r\n", "\r\n,,,,,\r\n\r\n").encode(),
    ],
    ids=["utf8", "bom", "cp932", "utf16", "tabs", "semicolons", "lf", "cr", "quotes", "blank lines"],
)
def test_whatever_excel_makes_of_the_file_the_same_people_are_read(content):
    sheet = read(content)
    assert not sheet.faults
    hanako, taro = sheet.rows
    assert (hanako.email, hanako.locale, hanako.format) == ("hanako@example.jp", "ja", "text")
    assert (hanako.topics, hanako.source, hanako.consented_on) == ((2,), "fax", date(2026, 11, 4))
    assert (taro.locale, taro.format, taro.topics, taro.source) == ("en", "html", (1, 2), "counter")
    assert taro.consented_on == date(2026, 11, 5)


def test_every_fault_is_told_with_its_line_and_value():
    text = f"""{HEAD}
hanako.example.jp,日本語,文字だけ,毎月のメール,紙,2026/11/4
hanako@example.jp,フランス語,大,号外,伝書鳩,2026/13/1
"taro@example.jp
",日本語,,,紙,2026/12/24
jiro@example.jp,日本語,,,紙,2026/11/4,よけい
saburo@example.jp,日本語,,,紙,2026/11/4
"""
    assert faults(text) == [
        (2, "address", "hanako.example.jp"),
        (3, "language", "フランス語"),
        (3, "format", "大"),
        (3, "topic", "号外"),
        (3, "source", "伝書鳩"),
        (3, "date", "2026/13/1"),
        (4, "future", "2026/12/24"),
        (6, "too_many_cells", "よけい"),
    ]
    assert [row.line for row in read(text).rows] == [7]


def test_without_a_source_or_a_date_of_consent_nobody_is_taken_in():
    assert faults("メールアドレス\nhanako@example.jp", Defaults(topics=(1,))) == [
        (2, "no_source", ""),
        (2, "no_date", ""),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", FaultCode.EMPTY, 1),
        (" \r\n\r\n", FaultCode.EMPTY, 1),
        ("hanako@example.jp\ntaro@example.jp", FaultCode.NO_HEADINGS, 1),
        ("名前,電話\n花子,024", FaultCode.NO_ADDRESS_COLUMN, 1),
        ("メール,アドレス\na@b.jp,c@d.jp", FaultCode.TWICE_IN_HEADINGS, 1),
        ('メールアドレス\na@b.jp\n"c@d.jp\ne@f.jp', FaultCode.OPEN_QUOTE, 3),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(text, code, line):
    found = read(text).faults
    assert [(fault.code, fault.line) for fault in found] == [(code, line)]


def test_bytes_of_no_encoding_are_named_by_their_lines():
    content = (
        f"{HEAD}\r\n花子@example.jp".encode("cp932") + b"\r\na\x81\xff@example.jp\r\nb@example.jp\r\n\x85\x20c@d.jp"
    )
    _text, encoding, found = decode(content)
    assert encoding.startswith("Shift_JIS")
    assert [(fault.line, fault.code) for fault in found] == [(3, FaultCode.UNREADABLE), (5, FaultCode.UNREADABLE)]
    assert found[0].detail == "0x81"


def test_a_carrier_address_with_dots_and_one_guarded_for_excel_are_read_as_they_are():
    sheet = read("メールアドレス\nfoo..bar@docomo.ne.jp\nfoo.@ezweb.ne.jp\n'+81@example.jp")
    assert [row.email for row in sheet.rows] == ["foo..bar@docomo.ne.jp", "foo.@ezweb.ne.jp", "+81@example.jp"]


def test_one_row_too_many_and_nothing_is_read():
    rows = "\n".join(f"p{number}@example.jp" for number in range(MAX_ROWS + 1))
    sheet = read(f"メールアドレス\n{rows}")
    assert not sheet.rows
    assert [(fault.code, fault.line) for fault in sheet.faults] == [(FaultCode.TOO_MANY_ROWS, MAX_ROWS + 2)]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026/11/4", date(2026, 11, 4)),
        ("2026-11-04", date(2026, 11, 4)),
        ("2026年11月4日", date(2026, 11, 4)),
        ("２０２６／１１／４", date(2026, 11, 4)),
        ("2026/11/4 0:00", date(2026, 11, 4)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R8.11.4", date(2026, 11, 4)),
        ("H30/4/1", date(2018, 4, 1)),
        ("11/4", None),
        ("2026/2/29", None),
        ("きのう", None),
    ],
)
def test_days_as_people_write_them(typed, day):
    assert read_day(typed) == day


# What it would do, and doing it


@pytest.fixture
def topics(tree):
    return [Topic.objects.create(slug=slug, name=name) for slug, name in (("monthly", "毎月"), ("extra", "臨時号"))]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def kept(topics, staff, now):
    def keep(text: str, **options):
        given = {"locale": "ja", "format": "html", "source": "paper", "consented_on": "2026-10-01"}
        given |= {"topics": [topic.pk for topic in topics], "words_version": "紙 2026"}
        return keep_file(content=text.encode(), name="名簿.csv", options=given | options, by=staff, now=now)

    return keep


@pytest.fixture
def known(topics, staff, now):
    """One who gets the mail, one who left, one who was erased, and an address that must not be mailed."""

    def enter(email):
        values = {"locale": "ja", "format": "html", "topics": topics, "channel": "fax", "by": staff}
        return subscribe_by_staff(email=email, now=now - timedelta(days=90), **values)

    left_at = now - timedelta(days=20)
    hanako = enter("hanako@example.jp")
    take_out(subscriber=enter("left@example.jp"), channel="web", now=left_at)
    erase(subscriber=enter("erased@example.jp"), by=None, now=left_at)
    suppress_address(email_norm="bad@example.jp", reason="asked", source="電話", now=now)
    OutgoingMail.objects.all().delete()
    return hanako


def test_the_dry_run_tells_what_would_become_of_each_row_and_changes_nothing(kept, known, now):
    before = list(Subscriber.objects.values()), ConsentEvent.objects.count()
    file = kept(
        "メールアドレス,同意日\nnew@example.jp,\nHANAKO@example.jp,\nleft@example.jp,\nerased@example.jp,\n"
        "bad@example.jp,\nNEW@example.jp,\nwrong,\n"
    )
    plan = make_plan(file, now=now)
    assert [step.fate for step in plan.steps] == [
        Fate.NEW,
        Fate.KNOWN,
        Fate.LEFT,
        Fate.LEFT,
        Fate.SUPPRESSED,
        Fate.TWICE,
    ]
    assert plan.steps[-1].first_line == 2
    assert [fault.line for fault in plan.sheet.faults] == [8]
    assert (list(Subscriber.objects.values()), ConsentEvent.objects.count()) == before


def test_applying_takes_in_the_good_rows_with_their_consent_and_sends_nothing(kept, known, staff, topics, now):
    yesterday = (now - timedelta(days=1)).date().isoformat()
    file = kept(
        "メールアドレス,言語,種類,申込方法,同意日\nnew..one@docomo.ne.jp,英語,臨時号,FAX,2026/1/5\n"
        f"left@example.jp,,,窓口,{yesterday}\nhanako@example.jp,英語,,,\nbad@example.jp,,,,\nwrong,,,,\n"
    )
    apply_file(file=file, fingerprint=make_plan(file, now=now).fingerprint, by=staff, now=now)
    new = Subscriber.objects.get(email="new..one@docomo.ne.jp")
    assert (new.state, new.locale, new.source, list(new.topics.all())) == ("active", "en", "fax", topics[1:])
    assert find_by_token(personal_token(new.pk)) == new
    event = ConsentEvent.objects.get(email_hash=address_hash(new.email_norm))
    assert (event.action, event.channel, event.actor, event.at) == ("imported", "fax", staff, now)
    assert (event.consented_on, event.words_version) == (date(2026, 1, 5), "紙 2026")
    back = Subscriber.objects.get(email="left@example.jp")
    assert (back.state, back.left_at, back.source) == ("active", None, "counter")
    known.refresh_from_db()
    assert (known.locale, known.state) == ("ja", "active")
    assert not Subscriber.objects.filter(email="bad@example.jp").exists()
    assert not OutgoingMail.objects.exists()
    file.refresh_from_db()
    assert (file.counts["taken"], file.counts["faulty"], file.content) == (2, 1, None)
    entry = ModelLogEntry.objects.get(action="newsletter.import_subscribers")
    assert (entry.user, entry.data["count"]) == (staff, 2)
    assert "docomo" not in str(entry.data)


def test_applying_twice_is_the_same_as_once(kept, staff, topics, now):
    file = kept("メールアドレス\nnew@example.jp")
    fingerprint = make_plan(file, now=now).fingerprint
    for _ in range(2):
        apply_file(file=file, fingerprint=fingerprint, by=staff, now=now)
    assert ConsentEvent.objects.count() == Subscriber.objects.count() == 1


def test_what_changed_since_it_was_looked_at_stops_it(kept, staff, topics, now):
    file = kept("メールアドレス\nnew@example.jp\nother@example.jp")
    fingerprint = make_plan(file, now=now).fingerprint
    suppress_address(email_norm="new@example.jp", reason="asked", source="", now=now)
    with pytest.raises(PlanChanged):
        apply_file(file=file, fingerprint=fingerprint, by=staff, now=now)
    other = kept("メールアドレス\nstranger@example.jp\nother@example.jp")
    with pytest.raises(PlanChanged):
        apply_file(file=other, fingerprint=fingerprint, by=staff, now=now)
    assert not Subscriber.objects.exists()


def test_when_one_row_cannot_be_written_none_is(kept, staff, topics, now, monkeypatch):
    file = kept("メールアドレス\nnew@example.jp\nother@example.jp")
    fingerprint = make_plan(file, now=now).fingerprint
    monkeypatch.setattr("newsletter.subscriber_import.log", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        apply_file(file=file, fingerprint=fingerprint, by=staff, now=now)
    assert not Subscriber.objects.exists() and not ConsentEvent.objects.exists()
    file.refresh_from_db()
    assert file.applied_at is None and file.content


def test_a_file_that_nobody_applied_is_forgotten_after_a_day(kept, staff, topics, now):
    file = kept("メールアドレス\nnew@example.jp")
    assert forget_waiting_files(now=now + timedelta(hours=23)) == 0
    assert forget_waiting_files(now=now + timedelta(hours=25)) == 1
    file.content = None
    with pytest.raises(FileGone):
        make_plan(file, now=now)


@pytest.mark.skipif(not os.environ.get("FULL"), reason="a large file")
def test_a_full_file_is_taken_in_within_seconds(kept, staff, topics, now):
    file = kept("メールアドレス\n" + "\n".join(f"p{number}@example.jp" for number in range(MAX_ROWS)))
    begun = timezone.now()
    apply_file(file=file, fingerprint=make_plan(file, now=now).fingerprint, by=staff, now=now)
    assert timezone.now() - begun < timedelta(seconds=10)
    assert Subscriber.objects.exclude(token_hash=None).count() == MAX_ROWS


# The screens


@pytest.fixture
def desk(client, staff, topics):
    client.force_login(staff)
    return client


def sheet_of(topics, content: bytes = GOOD.encode(), **fields) -> dict:
    given = {"source": "", "consented_on": "", "locale": "ja", "format": "html", "words_version": "2026-11"}
    file = SimpleUploadedFile("名簿.csv", content)
    return given | {"topics": [topic.pk for topic in topics], "file": file} | fields


def test_from_the_file_to_the_list_in_two_steps(desk, topics):
    assert "メールは送りません" in desk.get(IMPORT).text
    content = (GOOD + "まちがい,日本語,,,紙,2026/11/4\r\n").encode("cp932")
    response = desk.post(IMPORT, sheet_of(topics, content))
    assert response.status_code == 302
    look = desk.get(response.url)
    for words in ("4行目", "まちがい", "hanako@example.jp", "メールは送りません", "Shift_JIS"):
        assert words in look.text
    assert not Subscriber.objects.exists()
    plan = look.context["plan"].fingerprint
    done = desk.post(response.url, {"plan": plan}, follow=True)
    assert Subscriber.objects.count() == 2
    assert "hanako@example.jp" not in done.text
    assert "名簿.csv" in desk.get(IMPORT).text


def test_without_the_plan_that_was_shown_nothing_is_taken_in(desk, topics):
    address = desk.post(IMPORT, sheet_of(topics)).url
    for plan in ("", "0" * 64):
        assert "もう一度" in desk.post(address, {"plan": plan}, follow=True).text
    assert not Subscriber.objects.exists()


def test_a_mistake_in_the_form_keeps_what_was_chosen(desk, topics):
    fields = {"source": "fax", "consented_on": "2999-01-01", "words_version": "紙の版"}
    response = desk.post(IMPORT, sheet_of(topics, **fields))
    assert response.status_code == 422
    assert "紙の版" in response.text and 'value="fax" selected' in response.text and "2999-01-01" in response.text


def test_the_settings_are_changed_without_choosing_the_file_again(desk, topics):
    address = desk.post(IMPORT, sheet_of(topics, "メールアドレス\nnew@example.jp".encode())).url
    look = desk.get(address)
    assert "申込方法が書いてありません" in look.text and 'name="plan"' not in look.text
    change = look.context["change_url"]
    assert "名簿.csv" in desk.get(change).text
    given = sheet_of(topics, source="paper", consented_on="2026-01-05")
    del given["file"]
    assert 'name="plan"' in desk.get(desk.post(change, given).url).text


@pytest.mark.parametrize(
    ("content", "words"), [(b"PK\x03\x04" + b"x" * 50, "CSV"), (b"a" * (MAX_BYTES + 1), "大きすぎ"), (b"", "空")]
)
def test_what_is_no_csv_is_refused_in_words(desk, topics, content, words):
    response = desk.post(IMPORT, sheet_of(topics, content))
    assert response.status_code == 422
    assert words in response.text
    assert not SubscriberFile.objects.exists()


@pytest.mark.parametrize(
    "content", [b"\x00\xff\x00", b"\xff\xfe\x00", b'"', b"\x81", b",\n@", b"\xef\xbb\xbf\xff", b"\r"]
)
def test_strange_files_are_told_in_words_and_never_crash(desk, topics, content):
    look = desk.get(desk.post(IMPORT, sheet_of(topics, content)).url)
    assert look.status_code == 200
    assert "1行目" in look.text
