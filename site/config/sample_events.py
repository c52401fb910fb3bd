"""Sample events of every case, made through the page models. The sample month calls it; everything here is 見本."""

import io
from datetime import date, datetime, time, timedelta

import pylopdf_fonts_jp
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from activities.models import (
    EventPage,
    EventSession,
    FestaExhibitor,
    FestaPage,
    FestaProgrammeItem,
    GroupPage,
    LectureMaterial,
    LecturePage,
    LectureTopic,
    Place,
    SalonPage,
)
from center.models import CentreDocument
from center.opening import TOKYO
from config.builders import add_page
from config.content import sample_events as samples
from config.tree import Tree

PHONE = "024-924-3352"
CENTRE = "郡山市 市民活動サポートセンター"
SHEET = (1240, 1754)
"""A4 at 150 dots to the inch."""
TAKEN_OVER = (
    "summary", "target", "bring", "wheelchair_access", "wheelchair", "hearing_access", "hearing", "children_access",
    "children", "is_free", "fee", "capacity", "is_full", "is_online", "is_walk_in", "application_way", "state",
    "has_new_dates", "change_note", "venue_name", "speaker_name", "speaker_profile", "number", "theme", "edition",
    "call_text", "call_application",
)  # fmt: skip


class SampleEvents:
    """The events of `config.content.sample_events`, counted from `today`."""

    def __init__(self, tree: Tree, today: date, groups: dict[str, GroupPage]) -> None:
        self.tree, self.today, self.groups = tree, today, groups
        self.made = 0

    def make(self) -> int:
        """Make them all; return how many pages were made."""
        for row in (*samples.PAST_LECTURES, *samples.LECTURES):
            self._lecture(row)
        for row in samples.EVENTS:
            self._event(row)
        for row in (*samples.PAST_SALONS, *samples.SALONS):
            self._salon(row)
        for row in (samples.PAST_FESTA, samples.FESTA):
            self._festa(row)
        return self.made

    def _moment(self, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(self.today + timedelta(days=day), time(hour, minute), tzinfo=TOKYO)

    def _fields(self, row: dict) -> dict:
        fields = {name: row[name] for name in TAKEN_OVER if name in row}
        place = Place.objects.filter(name__contains=row["place"]).first() if row.get("place") else None
        if place:
            fields |= {"place": place, "area": place.area}
        elif row.get("place"):
            fields["venue_name"] = row["place"]
        group = self.groups.get(row.get("group") or "")
        fields |= {"organiser_group": group} if group else {"organiser_name": CENTRE}
        if "apply_by" in row:
            fields["apply_by_on"] = self.today + timedelta(days=row["apply_by"])
        body = [{"type": "paragraph", "value": f"<p>{line}</p>"} for line in row.get("text", "").splitlines()]
        return fields | {"is_sample": True, "contact_phone": PHONE, "body": body}

    def _add(self, page: EventPage, tags: list[str]) -> None:
        add_page(self.tree.events, page, tags=tags)
        self.made += 1

    def _event(self, row: dict) -> None:
        page = EventPage(title=row["title"], slug=row["slug"], **self._fields(row))
        session = EventSession(starts_at=self._moment(row["day"], row.get("hour", 0)))
        if "until" in row:
            session.is_all_day, session.ends_at = True, self._moment(row["until"], 0)
        else:
            session.ends_at = session.starts_at + timedelta(hours=row["hours"])
        if "previous_day" in row:
            session.previous_starts_at = self._moment(row["previous_day"], row["hour"])
        page.sessions = [session]
        self._add(page, ["催し"])

    def _lecture(self, row: dict) -> None:
        fields = {"application_way": "phone", "is_free": True} | self._fields(row)
        if fields["application_way"] == "email":
            fields["contact_email"] = "mihon-koza@example.jp"
        if not row.get("is_online"):
            fields["venue_name"] = samples.CENTRE_ROOM
        page = LecturePage(title=row["title"], slug=row["slug"], series=row["series"], **fields)
        page.topics = list(LectureTopic.objects.filter(slug__in=row["topics"]))
        page.sessions = []
        for session in row["sessions"]:
            start = self._moment(session["day"], row["hour"], row["minute"])
            end = start + timedelta(hours=row["hours"])
            page.sessions.add(EventSession(starts_at=start, ends_at=end, title=session["title"], note=session["note"]))
        page.materials = [LectureMaterial(document=_document(*each)) for each in row.get("materials", ())]
        self._add(page, ["講座"])

    def _salon(self, row: dict) -> None:
        start = self._moment(row["day"], 10)
        fields = self._fields(row) | {"venue_name": samples.CENTRE_ROOM, "is_free": True, "is_sample": True}
        page = SalonPage(title="市民活動交流サロン お茶の時間", slug=f"mihon-salon-{row['number']}", **fields)
        page.sessions = [EventSession(starts_at=start, ends_at=start + timedelta(minutes=90))]
        self._add(page, ["センターから", "催し"])

    def _festa(self, row: dict) -> None:
        page = FestaPage(title=row["title"], slug=row["slug"], report=row.get("report", []), **self._fields(row))
        if "call_opens" in row:
            page.call_opens_on = self.today + timedelta(days=row["call_opens"])
            page.call_closes_on = self.today + timedelta(days=row["call_closes"])
        start = self._moment(row["day"], row["hour"])
        page.sessions = [EventSession(starts_at=start, ends_at=start + timedelta(hours=row["hours"]))]
        page.programme = [
            FestaProgrammeItem(
                title=title,
                place=place,
                text=text,
                starts_at_time=None if hour is None else time(hour, minute),
                ends_at_time=None if end_hour is None else time(end_hour, end_minute),
            )
            for hour, minute, end_hour, end_minute, title, place, text in row["programme"]
        ]
        page.exhibitors = [
            FestaExhibitor(
                group=self.groups.get(name), name="" if name in self.groups else name, booth=booth, text=text
            )
            for name, booth, text in row["exhibitors"]
        ]
        self._add(page, ["催し", "センターから"])


def _document(title: str, pages: list[list[str]]) -> CentreDocument:
    return CentreDocument.objects.create(title=title, file=ContentFile(sheets(pages), name="shiryo.pdf"))


def sheets(pages: list[list[str]]) -> bytes:
    """A PDF with the lines of each page, drawn."""
    font_file = str(pylopdf_fonts_jp.sans_path())
    large, plain = ImageFont.truetype(font_file, 56), ImageFont.truetype(font_file, 40)
    images: list[Image.Image] = []
    for lines in pages:
        image = Image.new("L", SHEET, 255)
        draw, y = ImageDraw.Draw(image), 140
        for number, line in enumerate(lines):
            is_title = not images and number == 0
            draw.text((120, y), line, font=large if is_title else plain, fill=0)
            y += 110 if is_title else 84
        images.append(image)
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=150, save_all=True, append_images=images[1:])
    return out.getvalue()
