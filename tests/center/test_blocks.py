"""Every block of the one library, on a page and in the editor's preview."""

import io

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pikepdf import Pdf
from PIL import Image

from center.blocks import BodyBlock
from center.models import CentreDocument, CentreImage
from config.builders import add_page
from home.models import StandardPage

BLOCKS = list(BodyBlock().child_blocks)


def picture() -> CentreImage:
    buffer = io.BytesIO()
    Image.new("RGB", (1600, 900), "#0c472a").save(buffer, "PNG")
    image = CentreImage(title="IMG_0001", alt="川べりで、ごみを拾う人たち", credit="川とみどりの会")
    image.file = SimpleUploadedFile("river.png", buffer.getvalue(), "image/png")
    image.save()
    return image


def guide() -> CentreDocument:
    buffer = io.BytesIO()
    pdf = Pdf.new()
    pdf.add_blank_page()
    pdf.save(buffer)
    document = CentreDocument(title="募集の手引き")
    document.file = ContentFile(buffer.getvalue(), name="guide.pdf")
    document.save()
    return document


@pytest.fixture
def show(tree, client):
    """Publish a page with these blocks, read it as anybody would, and return its article."""

    def publish(*blocks: tuple[str, object]) -> BeautifulSoup:
        body = [{"type": kind, "value": value} for kind, value in blocks]
        page = add_page(tree.home, StandardPage(title="案内", slug="guide", body=body))
        response = client.get(page.url)
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser").select_one("main article")

    return publish


def test_headings_text_and_quote_stand_in_their_elements(show):
    article = show(
        ("heading", "当日の流れ"),
        ("subheading", "雨のとき"),
        ("paragraph", "<p>軍手は<b>用意</b>します。</p>"),
        ("quote", {"text": "歩くのが楽になった", "source": "参加した人"}),
    )
    assert article.h2.get_text() == "当日の流れ"
    assert article.h3.get_text() == "雨のとき"
    assert article.select_one(".rich p b").get_text() == "用意"
    assert article.blockquote.get_text(strip=True) == "歩くのが楽になった"
    assert article.figcaption.get_text() == "参加した人"


def test_what_staff_write_is_text_and_not_markup(show):
    article = show(
        ("heading", "<script>1</script>"),
        ("notice", {"kind": "info", "text": "<b>太字</b>"}),
        ("facts", {"items": [{"name": "<i>名</i>", "value": "1行目\n<u>2行目</u>"}]}),
    )
    assert not article.select("script, b, i, u")
    assert article.h2.get_text() == "<script>1</script>"


def test_a_picture_has_its_description_its_caption_and_its_size(show):
    image = picture()
    article = show(("image", {"image": image.pk, "alt": "", "caption": "11月の川べり"}))
    shown = article.select_one("figure img")
    assert shown["alt"] == "川べりで、ごみを拾う人たち"
    assert (shown["width"], shown["height"]) == ("960", "540")
    assert shown["src"].endswith(".webp")
    assert "11月の川べり" in article.figcaption.get_text()
    assert "写真：川とみどりの会" in article.figcaption.get_text()


def test_the_description_given_at_the_place_wins(show):
    article = show(("image", {"image": picture().pk, "alt": "3人が橋の下を掃いている", "caption": ""}))
    assert article.img["alt"] == "3人が橋の下を掃いている"


def test_a_document_is_named_with_its_kind_and_size(show):
    article = show(("document", {"document": guide().pk, "title": ""}))
    words = article.a.get_text(strip=True)
    assert words.startswith("募集の手引き（PDF、") and words.endswith("KB）")
    assert article.a["href"].startswith("/documents/")


def test_a_picture_or_document_that_was_deleted_leaves_no_hole(show):
    image, document = picture(), guide()
    image_pk, document_pk = image.pk, document.pk
    image.delete()
    document.delete()
    article = show(
        ("image", {"image": image_pk, "alt": "x", "caption": ""}),
        ("document", {"document": document_pk, "title": "手引き"}),
        ("heading", "あと"),
    )
    assert not article.select("img, a") and article.h2.get_text() == "あと"


def test_a_warning_says_in_a_word_that_it_is_one(show):
    article = show(
        ("notice", {"kind": "warn", "text": "未確認です。"}), ("notice", {"kind": "info", "text": "雨天決行"})
    )
    warning, note = article.select(".notice")
    assert warning.select_one(".stamp--warn").get_text() == "注意"
    assert note.select_one(".stamp").get_text() == "お知らせ"


def test_facts_are_a_list_of_names_and_values(show):
    article = show(
        ("facts", {"items": [{"name": "持ちもの", "value": "筆記用具"}, {"name": "対象", "value": "どなたでも"}]})
    )
    assert [term.get_text() for term in article.select("dt")] == ["持ちもの", "対象"]
    assert [fact.get_text() for fact in article.select("dd")] == ["筆記用具", "どなたでも"]


def test_a_figure_stands_with_its_source_and_year(show):
    article = show(
        ("figure_number", {"value": "約4割", "meaning": "交通事故", "source": "消防組合", "year": "2010〜16年"})
    )
    assert article.select_one("b").get_text() == "約4割"
    assert article.figcaption.get_text() == "出典：消防組合（2010〜16年）"


def test_a_link_leads_to_a_page_here_or_elsewhere(show, tree):
    article = show(
        ("link", {"page": tree.grants.pk, "url": "", "words": "助成金の一覧"}),
        ("link", {"page": None, "url": "https://www.city.koriyama.lg.jp/", "words": "郡山市のサイト"}),
    )
    assert [link["href"] for link in article.select("a")] == ["/grants/", "https://www.city.koriyama.lg.jp/"]


def test_a_table_has_headings_for_those_who_hear_it(show):
    value = {
        "first_row_is_table_header": True,
        "first_col_is_header": True,
        "table_caption": "相談の日",
        "data": [["日", "時間"], ["12月5日", "10時から"], ["12月12日", None]],
    }
    table = show(("table", value)).table
    assert table.caption.get_text() == "相談の日"
    assert [cell.get_text() for cell in table.select("thead th[scope=col]")] == ["日", "時間"]
    assert [cell.get_text() for cell in table.select("tbody th[scope=row]")] == ["12月5日", "12月12日"]
    assert [cell.get_text() for cell in table.select("tbody td")] == ["10時から", ""]


@pytest.mark.parametrize("name", BLOCKS)
def test_staff_see_each_block_before_they_choose_it(client, staff, name):
    client.force_login(staff)
    block = BodyBlock().child_blocks[name]
    response = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    assert page.main.get_text(strip=True), "an empty preview shows nothing"
    assert page.select_one("link[rel=stylesheet]")["href"] == "/static/centre/look.css"
    assert not page.select("script, style, [style]")
