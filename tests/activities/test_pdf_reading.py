"""PDFs of the magazine: their cover, their text, and every way in which a file can be broken."""

import io
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.db import connection
from PIL import Image
from wagtail.test.utils.form_data import nested_form_data

from activities import pdf_reading
from activities.models import MagazineIssuePage, PdfPageText, PdfReading
from activities.pdf_reading import note_pdf, read_pdf, read_waiting_pdfs
from center.content_checks import findings
from center.intake.pdf_pages import clean_text
from center.intake.refusals import Refused
from center.models import CentreDocument, CentreImage
from center.models.media import CleanContent
from config.builders import add_magazine, add_page
from tests.activities.made_pdfs import broken_pdfs, made_pdf

SHORT_SECONDS = 4
"""For broken files, some of which never end."""


def document(content: bytes, title: str = "紙面") -> CentreDocument:
    """A stored document, put there without the cleaning that turns broken files away."""
    return CentreDocument.objects.create(title=title, file=CleanContent(content, name="kamimen.pdf"))


def read_all(now, **bounds) -> dict[str, int]:
    return read_waiting_pdfs(now=now, most=500, **bounds)


def test_an_issue_gets_its_cover_from_page_one_and_its_text_page_by_page(tree, morning, centre, client):
    issue = add_magazine(tree, 57, date(2026, 9, 1), pdf=document(made_pdf(3)))
    assert "cover--autumn" in client.get(issue.get_url()).content.decode()
    assert read_all(morning) == {"noted": 0, "read": 1, "refused": 0}
    html = client.get(issue.get_url()).content.decode()
    assert "cover--autumn" not in html and 'alt="第57号の表紙"' in html
    assert "PDF、3ページ" in html
    reading = PdfReading.objects.get()
    with Image.open(reading.cover.file) as cover:
        assert cover.size == (720, 1019)
        red, green, _blue = cover.convert("RGB").getpixel((360, 20))
        assert green > red + 40  # the coloured head of the page
    assert [text.number for text in reading.page_texts.all()] == [1, 2, 3]
    assert reading.page_texts.get(number=2).text.startswith("2ページの1行目。市民の活動を紹介しています。")


def test_a_cover_that_staff_chose_is_never_replaced(tree, morning, centre):
    picture = CentreImage.objects.create(title="選んだ表紙", file=ContentFile(_jpeg(), name="a.jpg"))
    issue = add_magazine(tree, 57, date(2026, 9, 1), pdf=document(made_pdf(1)), cover=picture)
    read_all(morning)
    stored = MagazineIssuePage.objects.get(pk=issue.pk)
    assert stored.cover == stored.shown_cover == picture
    assert stored.reading.cover is not None


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 420), "#0c472a").save(out, "JPEG")
    return out.getvalue()


def test_nothing_is_read_while_a_page_is_saved(tree, morning, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("read while saving")

    monkeypatch.setattr(pdf_reading, "read_pdf_apart", never)
    add_magazine(tree, 57, date(2026, 9, 1), pdf=document(made_pdf(1)))
    assert PdfReading.objects.get().state == PdfReading.State.WAITING


def test_the_tick_mends_what_nobody_noted_and_reads_it_once(tree, morning):
    issue = add_magazine(tree, 57, date(2026, 9, 1))
    MagazineIssuePage.objects.filter(pk=issue.pk).update(pdf=document(made_pdf(1)))
    assert read_all(morning) == {"noted": 1, "read": 1, "refused": 0}
    assert read_all(morning) == {"noted": 0, "read": 0, "refused": 0}
    assert PdfPageText.objects.count() == 1


def test_a_replaced_file_is_read_anew_and_nothing_of_the_old_one_stays(tree, morning):
    file = document(made_pdf(2, lambda number: "むかしの話"))
    add_magazine(tree, 57, date(2026, 9, 1), pdf=file)
    read_all(morning)
    old_cover = PdfReading.objects.get().cover_id
    file.file = CleanContent(made_pdf(1, lambda number: "あたらしい話"), name="neu.pdf")
    file.save()
    assert not PdfPageText.objects.exists() and not CentreImage.objects.filter(pk=old_cover).exists()
    read_all(morning)
    assert [text.text.endswith("あたらしい話") for text in PdfPageText.objects.all()] == [True]
    assert PdfReading.objects.get().page_count == 1


def test_a_deleted_document_takes_its_cover_and_text_along_unless_the_cover_is_used(tree, morning):
    first, second = document(made_pdf(1)), document(made_pdf(1))
    add_magazine(tree, 57, date(2026, 9, 1), pdf=first)
    add_magazine(tree, 58, date(2026, 12, 1), pdf=second)
    read_all(morning)
    kept = PdfReading.objects.get(document=second).cover
    add_magazine(tree, 59, date(2027, 3, 1), cover=kept)
    first.delete()
    second.delete()
    assert list(CentreImage.objects.all()) == [kept]
    assert not PdfPageText.objects.exists()


def test_a_reading_that_broke_off_is_taken_up_again_and_given_up_in_the_end(tree, morning):
    reading = note_pdf(document(made_pdf(1)))
    PdfReading.objects.update(claimed_until=morning + timedelta(minutes=2), attempts=1)
    assert read_pdf(reading, now=morning).state == PdfReading.State.WAITING  # somebody else is at it
    PdfReading.objects.update(attempts=3)
    later = morning + timedelta(minutes=3)
    assert read_all(later)["refused"] == 1
    reading.refresh_from_db()
    assert reading.state == PdfReading.State.REFUSED and "複雑" in reading.refusal_words


def test_who_is_in_a_hurry_leaves_a_slow_file_to_the_tick(tree, morning, monkeypatch):
    def slow(content, *, seconds):
        raise Refused("too_heavy")

    monkeypatch.setattr(pdf_reading, "read_pdf_apart", slow)
    reading = note_pdf(document(made_pdf(1)))
    assert read_pdf(reading, now=morning, seconds=1, is_hasty=True).state == PdfReading.State.WAITING
    assert read_pdf(reading, now=morning).state == PdfReading.State.REFUSED


def test_a_file_that_is_gone_is_told(tree, morning):
    file = document(made_pdf(1))
    add_magazine(tree, 57, date(2026, 9, 1), pdf=file)
    file.file.storage.delete(file.file.name)
    read_all(morning)
    reading = PdfReading.objects.get()
    assert "見つかりません" in reading.refusal_words
    assert note_pdf(file).state == PdfReading.State.REFUSED
    assert note_pdf(file, again=True).state == PdfReading.State.WAITING


def test_no_broken_pdf_brings_anything_down(tree, morning, centre, client):
    """The default cover, a word to staff, and a page that is there, whatever the file is."""
    ways = {}
    for number, (way, content) in enumerate(broken_pdfs()):
        page = MagazineIssuePage(
            title=way, slug=f"broken-{number}", number=number, issued_on=date(2026, 6, 1), pdf=document(content)
        )
        add_page(tree.magazine, page)
        ways[page.pk] = way
    done = read_all(morning, seconds=SHORT_SECONDS)
    assert done["read"] + done["refused"] == len(ways)
    issues = MagazineIssuePage.objects.filter(pk__in=ways).select_related("pdf__pdf_reading__cover")
    for issue in issues:
        response = client.get(issue.get_url())
        assert response.status_code == 200, ways[issue.pk]
        words = [found.words for found in findings(issue) if found.field == "pdf"]
        if issue.reading is None:
            assert "cover--summer" in response.content.decode(), ways[issue.pk]
            assert any("季節の表紙" in word for word in words), ways[issue.pk]
    refused = {ways[issue.pk].split()[1] for issue in issues if issue.reading is None}
    assert {"no_pages", "encrypted", "endless_tree", "endless_form", "too_many_pages", "empty", "noise"} <= refused
    assert not connection.needs_rollback


def test_staff_are_told_in_the_editor_and_after_saving(tree, morning, centre, client, staff):
    client.force_login(staff)
    said = ((made_pdf(2), "2ページの文字を検索用に読み取りました"), (b"%PDF-1.4 kowareta", "このPDFは開けません"))
    for content, words in said:
        issue = add_magazine(tree, 57, date(2026, 9, 1), pdf=document(content))
        response = client.post(f"/admin/pages/{issue.pk}/edit/", _form(issue), follow=True)
        assert words in response.content.decode()
    assert "このPDFは開けません" in client.get(f"/admin/pages/{issue.pk}/edit/").content.decode()


def _form(issue: MagazineIssuePage) -> dict:
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    return nested_form_data(
        {
            "title": issue.title,
            "slug": issue.slug,
            "number": issue.number,
            "issued_on": issue.issued_on.isoformat(),
            "summary": "一文",
            "pdf": issue.pdf_id,
            "cover": "",
            "tags": "",
            "articles": empty,
            "measure_links": empty,
            "comments": empty,
            "action-publish": "1",
        }
    )


def test_text_is_kept_as_it_was_meant():
    assert clean_text("市民活動を応援する広報\n誌です。") == "市民活動を応援する広報誌です。"
    assert clean_text("縦\n書\nき\nの\n見\n出\nし") == "縦書きの見出し"
    assert clean_text("広 報 誌\n第56号") == "広報誌\n第56号"
    assert clean_text("⽣活と⾃治") == "生活と自治"  # radicals that some programs write instead of kanji
    assert clean_text("\ue000\ue001\ue002\ue003あ") == ""
    assert clean_text("― ・ ★") == ""
    assert len(clean_text("あ" * 50_000)) == 12_000
