"""A sample month, played through the real services: last month's issue sent, the coming one in draft, a full desk.

Everything made here is marked 見本. Moments of the past are lived through with a moved clock, because publishing and
Wagtail's log read the clock themselves.
"""

import io
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pikepdf
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from PIL import Image, ImageDraw

from activities.models import (
    ActivityField,
    ApplicationWay,
    Area,
    EventPage,
    EventSession,
    GrantApplicant,
    GroupContact,
    GroupPage,
    LecturePage,
    LectureTopic,
    Notice,
    Place,
    SalonPage,
)
from activities.pdf_reading import read_waiting_pdfs
from activities.services import (
    decline_notice,
    make_page,
    receive_notice,
    return_notice,
    start_review,
    withdraw_notice,
)
from center.intake.uploads import clean_upload
from center.models import CentreSettings
from center.opening import TOKYO
from center.queries import opening_calendar
from config.builders import add_event, add_grant, add_match, add_news, add_page
from config.content import samples
from config.roles import APPROVER, EDITOR
from config.sample_events import SampleEvents
from config.sample_inquiries import add_sample_displays, add_sample_inquiries
from config.sample_magazine import add_sample_issues
from config.sample_ties import tie_samples_to_the_plan
from config.tree import Tree, build_tree
from newsletter.models import Issue, IssueKind, Topic
from newsletter.queries import mail_rule, policy_at
from newsletter.schedule import IssueDates, Schedule
from newsletter.sending.engine import Worker
from newsletter.sending.files import FileTransport
from newsletter.services import approve_issue, draft_issue, freeze_issue, start_due_issues, tick_newsletter
from newsletter.subscribers import subscribe_by_staff

Travel = Callable[[datetime], AbstractContextManager]
EXTRA_WORDS = (
    "ひろば",
    "あおぞら",
    "ひだまり",
    "みちくさ",
    "こもれび",
    "つばさ",
    "あしあと",
    "ことり",
    "いずみ",
    "そよかぜ",
)

NEWS_TAGS = (("calls", "募集"), ("reports", "団体から"), ("announcements", "センターから"), ("changes", "センターから"))
NOT_FIELDS_OF_A_GROUP = ("fields", "areas", "contacts", "confirmed_days_ago", "recruiting_days")


@dataclass
class SampleMonth:
    """One run. `travel(moment)` is a context in which the clock stands at that moment (time_machine's)."""

    now: datetime
    travel: Travel
    seed: int = 1
    group_count: int = len(samples.GROUPS)
    page_count: int = 0
    notice_count: int = len(samples.NOTICES)
    subscriber_count: int = 12
    made: dict[str, int] = field(default_factory=dict)

    def play(self) -> dict[str, int]:
        """Make everything; return how much of what was made. Called once on a database without samples."""
        self.random = random.Random(self.seed)
        self.today: date = self.now.astimezone(TOKYO).date()
        self.tree: Tree = build_tree(keep_site=True)
        self.editor = self._person("mihon-henshu", EDITOR, "見本", "花子")
        self.approver = self._person("mihon-shonin", APPROVER, "見本", "太郎")
        CentreSettings.objects.filter(staff_email="").update(staff_email="shokuin@assist-park.example")
        schedule = Schedule(mail_rule(policy_at(self.now)), opening_calendar())
        self.last, before = self._last_issues(schedule)
        with self.travel(before.send_at + timedelta(days=2)):
            self._groups()
            self._subscribers(before.send_at + timedelta(days=2))
        with self.travel(self.last.cutoff_at - timedelta(days=4)):
            self._pages(samples.BEFORE_LAST_ISSUE, self.last.send_at.date())
            self._magazine()
        self._send_last_issue()
        with self.travel(self.last.send_at + timedelta(days=2)):
            self._pages(samples.SINCE_LAST_ISSUE, self.today)
            self.made["pages"] += SampleEvents(self.tree, self.today, self.groups).make()
            self._more_pages()
            tie_samples_to_the_plan()
            add_sample_displays(samples.SINCE_LAST_ISSUE["displays"], today=self.today, groups=self.groups)
        self._notices()
        self.made["inquiries"] = add_sample_inquiries(now=self.now, travel=self.travel, by=self.editor)
        with self.travel(self.now):
            tick_newsletter(now=self.now)
            read_waiting_pdfs(now=self.now)
        self.made["notices"] = Notice.objects.filter(is_sample=True).count()
        self.made["issues"] = Issue.objects.count()
        return self.made

    # people and places
    def _person(self, name: str, role: str, last_name: str, first_name: str):
        user, _ = get_user_model().objects.get_or_create(
            username=name, defaults={"last_name": last_name, "first_name": first_name}
        )
        user.set_unusable_password()
        user.save()
        user.groups.add(Group.objects.get(name=role))
        return user

    def _last_issues(self, schedule: Schedule) -> tuple[IssueDates, IssueDates]:
        """The dates of the last issue whose hour has passed, and of the one before it."""
        coming = schedule.next_issues(self.now, 1)[0]
        year, month, found = coming.year, coming.month, []
        while len(found) < 2:
            year, month = (year - 1, 12) if month == 1 else (year, month - 1)
            found.append(schedule.dates(year, month))
        return found[0], found[1]

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), tzinfo=TOKYO)

    def _place(self, name: str) -> Place | None:
        return Place.objects.filter(name__contains=name).first() if name else None

    # pages
    def _groups(self) -> None:
        rows = list(samples.GROUPS)
        while len(rows) < self.group_count:
            word, number = self.random.choice(EXTRA_WORDS), len(rows) + 1
            rows.append(
                samples.GROUPS[number % len(samples.GROUPS)]
                | {"title": f"{word}の会 {number}", "kana": f"{word}のかい{number}"}
            )
        fields = {row.slug: row for row in ActivityField.objects.all()}
        areas = {row.slug: row for row in Area.objects.all()}
        for row in rows[: self.group_count]:
            values = {key: value for key, value in row.items() if key not in NOT_FIELDS_OF_A_GROUP}
            days, until = row.get("confirmed_days_ago", 60), row.get("recruiting_days")
            page = GroupPage(is_sample=True, **values)
            page.last_confirmed_on = None if days is None else self.today - timedelta(days=days)
            page.recruiting_until_on = None if until is None else self.today + timedelta(days=until)
            page.contacts = [GroupContact(**contact) for contact in row.get("contacts", [])]
            page.activity_fields = [fields[slug] for slug in row["fields"]]
            page.areas = [areas[slug] for slug in row["areas"]]
            page.slug = f"mihon-group-{rows.index(row) + 1}"
            add_page(self.tree.groups, page)
        self.groups = {page.title: page for page in GroupPage.objects.filter(is_sample=True)}
        self.made["groups"] = len(self.groups)

    def _event_fields(self, row: dict) -> dict:
        place = self._place(row.get("place", ""))
        names = (
            "summary",
            "is_free",
            "fee",
            "wheelchair",
            "hearing",
            "state",
            "change_note",
            "venue_name",
            "capacity",
            "number",
            "theme",
        )
        fields = {name: row[name] for name in names if name in row}
        if place:
            fields |= {"place": place, "area": place.area}
        elif row.get("place"):
            fields["venue_name"] = row["place"]
        group = self.groups.get(row.get("group") or "")
        if group:
            fields["organiser_group"] = group
        else:
            fields["organiser_name"] = "郡山市 市民活動サポートセンター"
        return fields | {"is_sample": True, "contact_phone": "024-924-3352", "body": [_paragraph(row["summary"])]}

    def _pages(self, rows: dict, first_day: date) -> None:
        count = 0
        for number, row in enumerate(rows.get("events", []), start=1):
            start = self._at(first_day + timedelta(days=row["start"]), row.get("hour", 10))
            end = start + timedelta(hours=row.get("hours", 0))
            if row.get("all_day"):
                end = self._at(first_day + timedelta(days=row["end"]), 0)
            add_event(
                self.tree,
                row["title"],
                sessions=[(start, end)],
                all_day=row.get("all_day", False),
                slug=f"mihon-event-{first_day:%m%d}-{number}",
                **self._event_fields(row),
            )
            count += 1
        for row in rows.get("lectures", []):
            count += bool(self._lecture(row, first_day))
        for row in rows.get("salons", []):
            start = self._at(first_day + timedelta(days=row["start"]), row["hour"])
            fields = self._event_fields(row) | {"venue_name": "アシストパーク郡山（西庁舎3階）", "is_free": True}
            add_event(
                self.tree,
                row["title"],
                model=SalonPage,
                sessions=[(start, start + timedelta(minutes=90))],
                tags=["センターから", "催し"],
                slug=f"mihon-salon-{row['number']}",
                **fields,
            )
            count += 1
        for number, row in enumerate(rows.get("grants", []), start=1):
            closes = first_day + timedelta(days=row["closes"]) if "closes" in row else None
            names = ("amount_upper", "rate", "applicants_text", "is_cancelled", "contact_name", "contact_phone")
            page = add_grant(
                self.tree,
                row["title"],
                funder="見本財団",
                closes_on=closes,
                opens_on=first_day + timedelta(days=row["opens"]) if "opens" in row else None,
                is_always_open=row.get("always", False),
                is_sample=True,
                summary=row["summary"],
                slug=f"mihon-grant-{first_day:%m%d}-{number}",
                live=False,
                **{name: row[name] for name in names if name in row},
            )
            page.applicants = [GrantApplicant(kind=kind) for kind in row["applicants"]]
            page.save_revision().publish()
            count += 1
        for kind, tag in NEWS_TAGS:
            for number, row in enumerate(rows.get(kind, []), start=1):
                deadline = first_day + timedelta(days=row["deadline"]) if row.get("deadline") else None
                add_news(
                    self.tree,
                    row["title"],
                    tags=[tag],
                    kind=kind.rstrip("s"),
                    summary=row["summary"],
                    is_sample=True,
                    group=self.groups.get(row.get("group") or ""),
                    deadline_on=deadline,
                    published_on=first_day - timedelta(days=row.get("days_ago", 0)),
                    is_closed=row.get("is_closed", False),
                    body=[_paragraph(row["summary"])],
                    slug=f"mihon-{kind}-{first_day:%m%d}-{number}",
                )
                count += 1
        for number, row in enumerate(rows.get("matches", []), start=1):
            add_match(
                self.tree,
                row["title"],
                direction=row["direction"],
                actor=row["actor"],
                resource=row["resource"],
                is_sample=True,
                state=row.get("state", "open"),
                area=Area.objects.filter(slug=row.get("area", "")).first(),
                open_until_on=first_day + timedelta(days=row["until"]) if "until" in row else None,
                summary=row["summary"],
                group=self.groups.get(row.get("group") or ""),
                slug=f"mihon-match-{first_day:%m%d}-{number}",
            )
            count += 1
        self.made["pages"] = self.made.get("pages", 0) + count

    def _lecture(self, row: dict, first_day: date) -> EventPage:
        page = LecturePage(
            title=row["title"],
            slug=f"mihon-lecture-{row['series']}",
            series=row["series"],
            speaker_name=row["speaker_name"],
            application_way=ApplicationWay.PHONE,
            apply_by_on=first_day + timedelta(days=row["apply_by"]),
            venue_name="アシストパーク郡山（西庁舎3階）",
            **(self._event_fields(row) | {"is_free": True}),
        )
        page.topics = list(LectureTopic.objects.filter(slug__in=row["topics"]))
        page.sessions = []
        for day, theme in zip(row["starts"], row["themes"], strict=True):
            start = self._at(first_day + timedelta(days=day), row["hour"], row["minute"])
            page.sessions.add(EventSession(starts_at=start, ends_at=start + timedelta(hours=row["hours"]), title=theme))
        return add_page(self.tree.events, page, tags=["講座"])

    def _more_pages(self) -> None:
        """Further events until there are `page_count` pages, spread over the next 60 days."""
        while self.made["pages"] < self.page_count:
            number = self.made["pages"] + 1
            row = self.random.choice(samples.SINCE_LAST_ISSUE["events"])
            start = self._at(self.today + timedelta(days=self.random.randint(1, 60)), self.random.randint(9, 18))
            fields = self._event_fields(row | {"state": "planned", "change_note": ""})
            title = f"{row['title']} {number}"
            add_event(
                self.tree, title, sessions=[(start, start + timedelta(hours=2))], slug=f"mihon-more-{number}", **fields
            )
            self.made["pages"] += 1

    def _magazine(self) -> None:
        self.made["pages"] += add_sample_issues(self.tree, newest_on=self.last.cutoff_at.date().replace(day=1))

    # readers and the issue of last month
    def _subscribers(self, moment: datetime) -> None:
        topics = list(Topic.objects.all())
        for number in range(1, self.subscriber_count + 1):
            subscriber = subscribe_by_staff(
                email=f"mihon{number:04d}@example.jp",
                locale="en" if number % 12 == 11 else "ja",
                format="text" if number % 4 == 0 else "html",
                topics=topics,
                channel="counter",
                by=self.editor,
                now=moment,
            )
            type(subscriber).objects.filter(pk=subscriber.pk).update(is_sample=True)
        self.made["subscribers"] = self.subscriber_count

    def _send_last_issue(self) -> None:
        drafted = self._at(self.last.draft_on, 9)
        with self.travel(drafted):
            issue = draft_issue(year=self.last.year, month=self.last.month, now=drafted)
            Issue.objects.filter(pk=issue.pk, kind=IssueKind.REGULAR).update(is_sample=True)
        closing = self.last.cutoff_at + timedelta(minutes=30)
        with self.travel(closing):
            freeze_issue(issue=issue, by=self.editor, now=closing)
        approving = closing + timedelta(hours=16)
        with self.travel(approving):
            approve_issue(issue=issue, by=self.approver, now=approving)
        with self.travel(self.last.send_at):
            start_due_issues(now=self.last.send_at)
            Worker(FileTransport()).run()

    # the desk
    def _notices(self) -> None:
        rows = [samples.NOTICES[number % len(samples.NOTICES)] for number in range(self.notice_count)]
        order = sorted(enumerate(rows), key=lambda item: -item[1]["hours"])
        for number, row in order:
            received = self.now - timedelta(hours=row["hours"], minutes=number // len(samples.NOTICES))
            with self.travel(received):
                notice = self._receive(row, received)
            self._go_on(notice, row["then"], received)

    def _receive(self, row: dict, received: datetime) -> Notice:
        day = self.today + timedelta(days=row["start"]) if row["start"] else None
        data = {
            "kind": row["kind"],
            "title": row["title"],
            "text": row["text"],
            "group_name": row["group"],
            "contact_name": "見本 花子",
            "contact_email": "mihon-dantai@example.jp",
            "contact_phone": "024-000-0000",
            "is_free": True,
            "is_sample": True,
            "public_contact": "センター 024-924-3352",
            "venue_name": "大槻ふれあいセンター" if row["kind"] == "event" else "",
        }
        sessions = []
        if row["kind"] == "event" and day:
            sessions = [(self._at(day, 10), self._at(day, 12))]
        elif day:
            data["deadline_on"] = day
        if row["kind"] == "match":
            data |= {"match_direction": "wanted", "match_actor": "voluntary", "match_resource": "things"}
        if row["kind"] == "grant":
            data |= {"funder": "見本財団", "amount_upper": 200_000}
        files, alts = [], []
        if row.get("photo"):
            files.append(clean_upload(_photo(), original_name="もちつき.jpg"))
            alts.append("うすときねを囲む子どもたち（見本の絵）")
            data["has_photo_consent"] = True
        if row.get("pdf"):
            files.append(clean_upload(_pdf(), original_name="ちらし.pdf"))
            alts.append("")
        notice, _ = receive_notice(
            data=data,
            sessions=sessions,
            files=files,
            alts=alts,
            channel="form" if row["hours"] % 2 == 0 else "phone",
            received_at=received,
            now=received,
        )
        return notice

    def _go_on(self, notice: Notice, then: str, received: datetime) -> None:
        if then == "nothing":
            return
        moment = min(received + timedelta(hours=14), self.now - timedelta(minutes=5))
        with self.travel(moment):
            start_review(notice=notice, by=self.editor, now=moment)
            if then == "return":
                return_notice(
                    notice=notice,
                    reason="facts_missing",
                    message="会場が書かれていません。場所を教えてください。",
                    by=self.editor,
                    now=moment,
                )
            elif then == "decline":
                decline_notice(notice=notice, reason="商品の宣伝は掲載基準に合いません。", by=self.editor, now=moment)
            elif then == "withdraw":
                withdraw_notice(notice=notice, by=self.editor, now=moment)
            elif then in ("page", "publish"):
                page = make_page(notice=notice, by=self.editor, now=moment)
        if then == "publish":
            later = min(moment + timedelta(hours=20), self.now)
            with self.travel(later):
                page = page.specific_class.objects.get(pk=page.pk)
                page.get_latest_revision().publish(user=self.editor)


def _paragraph(text: str) -> dict:
    return {"type": "paragraph", "value": f"<p>{text}</p>"}


def _photo() -> bytes:
    """A drawn picture, not a photo of anybody."""
    image = Image.new("RGB", (1600, 1067), "#dcefff")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 760, 1600, 1067), fill="#cfe0c3")
    draw.polygon([(620, 760), (980, 760), (930, 980), (670, 980)], fill="#a9814f")
    draw.ellipse((640, 700, 960, 820), fill="#fdf6e3")
    for x, colour in ((380, "#9b1300"), (1120, "#0c472a"), (1290, "#00428c")):
        draw.ellipse((x, 420, x + 110, 530), fill="#f3d9bd")
        draw.rectangle((x - 10, 530, x + 120, 780), fill=colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _pdf() -> bytes:
    """A flyer of one empty A4 page."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
