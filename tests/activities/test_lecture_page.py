"""The page of one lecture, as a citizen reads it."""

import io

import pikepdf
from django.core.files.base import ContentFile

from activities.models import LectureMaterial, LectureTopic
from center.models import CentreDocument
from config.builders import add_lecture


def test_a_lecture_names_series_speaker_topics_and_how_one_applies(tree, tokyo, morning, centre, seen):
    topic = LectureTopic.objects.create(slug="accounting", name="会計")
    page = add_lecture(
        tree,
        "はじめての団体会計",
        sessions=[(tokyo(2026, 12, day, 13, 30), tokyo(2026, 12, day, 15, 30)) for day in (5, 12, 19)],
        speaker_name="見本花子",
        speaker_profile="税理士",
        application_way="phone",
        contact_phone="024-924-3352",
        apply_by_on=tokyo(2026, 12, 3).date(),
    )
    page.topics.add(topic)
    page.save()
    words = seen(page)
    assert str(page.get_series_display()) in words
    assert "全3回" in words
    assert "見本花子" in words and "税理士" in words and "会計" in words
    assert "12月3日（木）" in words
    assert "このページに申込フォームはありません。" in words
    assert "電話 024-924-3352" in words


def test_an_unknown_speaker_is_said_to_be_unknown(tree, tokyo, morning, centre, client):
    page = add_lecture(tree, "講座", sessions=[(tokyo(2026, 12, 5, 13), None)])
    html = client.get(page.get_url()).content.decode()
    speaker = html[html.index('id="h-speaker"') :][:400]
    assert "stamp--unknown" in speaker


def test_each_session_of_a_course_has_its_row_with_day_theme_and_note(tree, tokyo, morning, centre, client):
    page = add_lecture(tree, "講座", sessions=[(tokyo(2026, 12, day, 13), tokyo(2026, 12, day, 15)) for day in (5, 12)])
    page.sessions.filter(starts_at=tokyo(2026, 12, 12, 13)).update(title="予算を立てる", note="電卓を使います")
    html = client.get(page.get_url()).content.decode()
    outline = html[html.index('aria-labelledby="h-sessions"') :]
    second = outline[outline.index("第2回／全2回") : outline.index("</section>")]
    for words in ("予算を立てる", "12月12日（土）13時〜15時", "電卓を使います"):
        assert words in second


def pdf_of(pages: int) -> ContentFile:
    pdf = pikepdf.new()
    for _number in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    out = io.BytesIO()
    pdf.save(out)
    return ContentFile(out.getvalue(), name="shiryo.pdf")


def test_materials_are_linked_with_their_pages_and_size(tree, tokyo, morning, centre, client, seen):
    page = add_lecture(tree, "講座", sessions=[(tokyo(2026, 11, 5, 13), None)])
    text = CentreDocument.objects.create(title="配った資料", file=ContentFile(("会計" * 500).encode(), name="a.txt"))
    pdf = CentreDocument.objects.create(title="スライド", file=pdf_of(3))
    page.materials = [LectureMaterial(document=text), LectureMaterial(document=pdf)]
    page.save_revision().publish()
    words = seen(page)
    assert "配った資料（TXT、3 KB）" in words
    assert "スライド（PDF、3ページ、" in words
    assert f'<a href="{text.url}">' in client.get(page.get_url()).content.decode()
    assert words.index("スライド") < words.index("いつ・どこで")  # afterwards the materials stand first


def test_materials_that_are_not_there_yet_are_announced(tree, tokyo, morning, centre, seen):
    page = add_lecture(tree, "講座", sessions=[(tokyo(2026, 12, 5, 13), None)])
    assert "終わったあと、ここに載せます。" in seen(page)


def test_the_other_lectures_of_the_series_are_named(tree, tokyo, morning, centre, seen):
    def lecture(title, *day, **fields):
        return add_lecture(tree, title, sessions=[(tokyo(*day, 13), None)], **fields)

    page = lecture("この講座", 2026, 12, 5)
    lecture("つぎの講座", 2026, 12, 19)
    lecture("前の講座", 2025, 11, 5)
    lecture("隠した講座", 2026, 12, 20, live=False)
    lecture("ソフトの講座", 2026, 12, 20, series="software")
    words = seen(page)
    assert "これからの講座 12月 19日 土曜 つぎの講座" in words
    assert "これまでの講座" in words and "前の講座 2025年11月5日（水）" in words
    assert "隠した講座" not in words and "ソフトの講座" not in words
