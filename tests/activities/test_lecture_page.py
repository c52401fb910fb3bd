"""The page of one lecture, as a citizen reads it."""

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
    assert "申込は、電話・メール・下のリンク先で受け付けます。このページに申込フォームはありません。" in words


def test_an_unknown_speaker_is_said_to_be_unknown(tree, tokyo, morning, centre, client):
    page = add_lecture(tree, "講座", sessions=[(tokyo(2026, 12, 5, 13), None)])
    html = client.get(page.get_url()).content.decode()
    speaker = html[html.index('id="h-speaker"') :][:400]
    assert "stamp--unknown" in speaker


def test_materials_are_linked_with_their_size(tree, tokyo, morning, centre, client):
    page = add_lecture(tree, "講座", sessions=[(tokyo(2026, 11, 5, 13), None)])
    text = CentreDocument.objects.create(title="配った資料", file=ContentFile(("会計" * 500).encode(), name="a.txt"))
    LectureMaterial.objects.create(page=page, document=text)
    html = client.get(page.get_url()).content.decode()
    assert f'<a href="{text.url}">配った資料（TXT、3 KB）</a>' in html
