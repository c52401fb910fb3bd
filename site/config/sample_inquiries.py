"""Made-up displays, contacts and consultations for a demonstration, all marked 見本. Nobody can be reached by them."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta

from activities.inquiries import services as inquiry_services
from activities.inquiries.receiving import receive_consultation, receive_contact
from activities.models import Channel, Consultation, GroupPage, MatchContact, MatchPage, Stand, StandDisplay
from center.japanese.dates import day_words, time_words
from center.models import User
from center.opening import TOKYO, tokyo_date

Travel = Callable[[datetime], AbstractContextManager]

WHO = {"contact_name": "見本 一郎", "contact_email": "", "contact_phone": "024-000-0000", "is_sample": True}
CONTACTS = [
    # (hours ago, post, group, text, state it came to)
    (30, "夕ごはんを運ぶ人、月2回", "", "水曜の夕方なら毎回行けます。車があります。", "talks"),
    (
        5,
        "会議用の机を10台ゆずります",
        "（見本）まちの防災ひろば",
        "5台いただけますか。軽トラックで取りに行きます。",
        "new",
    ),
]
CONSULTATIONS = [
    # (hours ago, kind, channel, who asks, group, text, state it came to)
    (400, "foundation", Channel.COUNTER, "group", "（見本）これから作る会", "NPO法人にするか迷っている。", "done"),
    (170, "accounting", Channel.PHONE, "group", "ほほえみ体操の会", "会計ソフトの選びかた。", "booked"),
    (28, "grants", Channel.FORM, "group", "川とみどりの会", "助成金の申請書を見てほしいです。", "answered"),
    (4, "management", Channel.FORM, "person", "", "会の役員のなり手がいません。どう分ければよいでしょう。", "received"),
]


def add_sample_displays(rows: Iterable[dict], *, today: date, groups: dict[str, GroupPage]) -> int:
    """Put things on display at the stands that there are; `until` counts days from `today`. Return how many."""
    stands = {stand.name: stand for stand in Stand.objects.all()}
    displays = [
        StandDisplay(
            stand=stands[row["stand"]],
            what=row["what"],
            group=groups.get(row["group"] or ""),
            copies_count=row["copies"],
            put_up_on=today - timedelta(days=14),
            take_down_on=today + timedelta(days=row["until"]) if "until" in row else None,
            is_sample=True,
        )
        for row in rows
        if row["stand"] in stands
    ]
    return len(StandDisplay.objects.bulk_create(displays))


def add_sample_inquiries(*, now: datetime, travel: Travel, by: User) -> int:
    """Let some contacts and consultations come in, each at its hour, and be begun. Return how many there are."""
    for hours, title, group, text, state in CONTACTS:
        post = MatchPage.objects.filter(title=title, locale__language_code="ja", live=True).first()
        at = now - timedelta(hours=hours)
        if post is None:
            continue
        with travel(at):
            row = receive_contact(post=post, data=WHO | {"group_name": group, "text": text}, now=at)
            inquiry_services.move(row=row, state=state, by=by, now=at)
    for hours, kind, channel, asker, group, text, state in CONSULTATIONS:
        at = now - timedelta(hours=hours)
        data = WHO | {"kind": kind, "asker": asker, "group_name": group, "text": text, "wished_way": "any"}
        with travel(at):
            row = receive_consultation(data=data, channel=channel, received_at=at, now=at)
            inquiry_services.move(row=row, state=state, by=by, now=at)
            if state == "booked":
                day = tokyo_date(now) + timedelta(days=3)
                booked_at = datetime.combine(day, time(13, 30), tzinfo=TOKYO)
                words = f"{day_words(day)} {time_words(booked_at)}"
                inquiry_services.book(row=row, booked_at=booked_at, words=words, by=by, now=at)
    return MatchContact.objects.filter(is_sample=True).count() + Consultation.objects.filter(is_sample=True).count()
