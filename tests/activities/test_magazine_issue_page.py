"""The page of one issue of the magazine, as a citizen reads it."""

from datetime import date

from django.core.files.base import ContentFile

from activities.models import MagazineArticle, MagazineCadence
from center.content_checks import findings
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


def test_the_shelf_says_how_sure_the_next_day_is_and_until_when_to_contribute_only_where_it_is_known(
    tree, morning, centre, seen
):
    assert "紹介してほしい" not in seen("/magazine/")
    tree.magazine.cadence_note = "2018〜2020年の発行日からの目安です。"
    tree.magazine.contributions_text = "紹介してほしい活動は、発行の2か月前まで。"
    tree.magazine.save_revision().publish()
    page = add_magazine(tree, 56, date(2020, 3, 1))
    for words in (seen("/magazine/"), seen(page)):
        assert "2018〜2020年の発行日からの目安です。" in words
        assert "紹介してほしい活動は、発行の2か月前まで。" in words


def test_an_article_leads_to_its_page_in_print_and_one_without_text_says_so(tree, morning, centre, client):
    pdf = CentreDocument.objects.create(title="56号", file=ContentFile("紙面".encode(), name="a.txt"))
    page = add_magazine(tree, 56, date(2020, 3, 1), pdf=pdf)
    MagazineArticle.objects.create(page=page, title="講座の日", page_number=7)
    html = client.get(page.get_url()).content.decode()
    assert f'<a href="{pdf.url}#page=7">' in html
    assert 'href="#article-1"' in html and 'id="article-1"' in html
    assert "この記事の文章は、いまはPDFだけにあります" in html


def test_what_is_missing_in_an_issue_is_told_to_staff(tree, morning):
    pdf = CentreDocument.objects.create(title="56号", file=ContentFile("紙面".encode(), name="a.txt"))
    page = add_magazine(tree, 56, date(2020, 3, 1), pdf=pdf, summary="一文")
    assert any("記事を文章でも" in found.words for found in findings(page))
    MagazineArticle.objects.create(page=page, title="講座の日")
    told = [found.words for found in findings(type(page).objects.get(pk=page.pk))]
    assert "記事「講座の日」の本文が、まだありません。" in told
