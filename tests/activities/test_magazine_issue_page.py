"""The page of one issue of the magazine, as a citizen reads it."""

from datetime import date

from django.core.files.base import ContentFile

from activities.models import MagazineArticle, MagazineCadence
from center.models import CentreDocument
from config.builders import add_magazine


def test_articles_are_read_on_the_page_and_the_file_tells_its_size(tree, morning, centre, client, seen):
    text = CentreDocument.objects.create(title="56号", file=ContentFile(("紙面" * 600).encode(), name="a.txt"))
    page = add_magazine(tree, 56, date(2020, 3, 1), pdf=text)
    article = MagazineArticle(page=page, title="団体をたずねて", page_number=4)
    article.body = [("paragraph", "<p>図書館で読み聞かせをしています。</p>")]
    article.save()
    words = seen(page)
    for expected in ("第56号", "2020年（令和2年）3月1日（日）", "団体をたずねて", "図書館で読み聞かせをしています。"):
        assert expected in words
    assert "（TXT、4 KB）" in words
    assert f'href="{text.url}"' in client.get(page.get_url()).content.decode()


def test_the_next_issue_is_told_by_the_cadence_and_unknown_without_one(tree, morning, centre, seen):
    page = add_magazine(tree, 56, date(2020, 3, 1))
    assert "発行の予定 未確認" in seen(page)
    for month in (3, 6, 9, 12):
        MagazineCadence.objects.create(page=tree.magazine, month=month, day=1)
    assert "12月1日（火）に出ます" in seen(page)


def test_one_turns_from_issue_to_issue(tree, morning, centre, client):
    first, middle, last = [
        add_magazine(tree, number, day)
        for number, day in ((54, date(2019, 9, 1)), (55, date(2019, 12, 1)), (56, date(2020, 3, 1)))
    ]
    html = client.get(middle.get_url()).content.decode()
    assert f'href="{first.get_url()}" rel="prev"' in html
    assert f'href="{last.get_url()}" rel="next"' in html
