"""The one library of body blocks. Every block has a preview, so that staff see what they choose."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

TEXT_FEATURES = ["bold", "ol", "ul", "link", "document-link"]
TABLE_OPTIONS = {"renderer": "text", "startRows": 3, "startCols": 3, "contextMenu": True}


class HeadingBlock(blocks.CharBlock):
    """A heading inside the text (h2)."""

    class Meta:
        icon = "title"
        label = _("heading")
        max_length = 80
        template = "components/blocks/heading.html"
        preview_value = "当日の流れ"
        description = _("A heading inside the text")


class SubheadingBlock(blocks.CharBlock):
    """A smaller heading (h3)."""

    class Meta:
        icon = "title"
        label = _("small heading")
        max_length = 80
        template = "components/blocks/subheading.html"
        preview_value = "雨のとき"
        description = _("A smaller heading")


class ParagraphBlock(blocks.RichTextBlock):
    """Running text with lists and links."""

    def __init__(self, **kwargs):
        super().__init__(features=TEXT_FEATURES, **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("text")
        template = "components/blocks/paragraph.html"
        preview_value = "<p>軍手とごみ袋は、こちらで用意します。1回だけの参加もできます。</p>"
        description = _("Text with lists and links")


class ImageBlock(blocks.StructBlock):
    """A picture with its description. The description is asked for here, because it belongs to the place."""

    image = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(
        label=_("description"),
        max_length=250,
        required=False,
        help_text=_("What can be seen; empty takes the image's own."),
    )
    caption = blocks.CharBlock(label=_("caption"), max_length=200, required=False)

    class Meta:
        icon = "image"
        label = _("image")
        template = "components/blocks/image.html"
        preview_template = "components/blocks/preview_image.html"
        description = _("A picture with its description and caption")


class DocumentBlock(blocks.StructBlock):
    """A file to take home; the words about it stand in the text, never only inside the file."""

    document = DocumentChooserBlock(label=_("document"))
    title = blocks.CharBlock(label=_("words of the link"), max_length=120, required=False)

    class Meta:
        icon = "doc-full"
        label = _("document")
        template = "components/blocks/document.html"
        preview_template = "components/blocks/preview_document.html"
        description = _("A link to a PDF with its size")


class NoticeBlock(blocks.StructBlock):
    """Something the reader must not miss."""

    kind = blocks.ChoiceBlock(
        label=_("kind"), choices=[("info", _("for your information")), ("warn", _("warning"))], default="info"
    )
    text = blocks.TextBlock(label=_("text"), max_length=400)

    class Meta:
        icon = "warning"
        label = _("notice box")
        template = "components/blocks/notice.html"
        preview_value = {"kind": "info", "text": "雨のときは、前の日の17時までにこのページでお知らせします。"}
        description = _("A box for what must not be missed")


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    text = blocks.TextBlock(label=_("words"), max_length=600)
    source = blocks.CharBlock(label=_("who said it"), max_length=120, required=False)

    class Meta:
        icon = "openquote"
        label = _("quote")
        template = "components/blocks/quote.html"
        preview_value = {"text": "近所の人と話すきっかけになりました。", "source": "参加した人"}
        description = _("Somebody's words, with who said them")


class FactBlock(blocks.StructBlock):
    """One fact with its name."""

    name = blocks.CharBlock(label=_("name"), max_length=40)
    value = blocks.TextBlock(label=_("value"), max_length=400)

    class Meta:
        label = _("fact")


class FactsBlock(blocks.StructBlock):
    """Facts in two columns: what, and how it is."""

    items = blocks.ListBlock(FactBlock(), label=_("facts"))

    class Meta:
        icon = "list-ul"
        label = _("facts")
        template = "components/blocks/facts.html"
        preview_value = {"items": [{"name": "持ちもの", "value": "筆記用具"}, {"name": "対象", "value": "どなたでも"}]}
        description = _("Facts in two columns")


class LinkBlock(blocks.StructBlock):
    """A link that stands alone, to a page here or an address elsewhere."""

    page = blocks.PageChooserBlock(label=_("page"), required=False)
    url = blocks.URLBlock(label=_("address elsewhere"), required=False)
    words = blocks.CharBlock(label=_("words of the link"), max_length=80)

    class Meta:
        icon = "link"
        label = _("link")
        template = "components/blocks/link.html"
        preview_value = {"page": None, "url": "https://www.city.koriyama.lg.jp/", "words": "郡山市のサイト"}
        description = _("A link on a line of its own")


class FigureNumberBlock(blocks.StructBlock):
    """A figure that is never shown without its year and source."""

    value = blocks.CharBlock(label=_("figure"), max_length=40)
    meaning = blocks.CharBlock(label=_("what it says"), max_length=120)
    source = blocks.CharBlock(label=_("source"), max_length=120)
    year = blocks.CharBlock(label=_("year"), max_length=40)

    class Meta:
        icon = "snippet"
        label = _("figure with source")
        template = "components/blocks/figure_number.html"
        preview_value = {
            "value": "約4割",
            "meaning": "病気以外の救急搬送のうち、交通事故",
            "source": "郡山地方広域消防組合",
            "year": "2010〜16年",
        }
        description = _("A figure with its year and source")


class BodyBlock(blocks.StreamBlock):
    """The text of a page."""

    heading = HeadingBlock()
    subheading = SubheadingBlock()
    paragraph = ParagraphBlock()
    image = ImageBlock()
    document = DocumentBlock()
    notice = NoticeBlock()
    facts = FactsBlock()
    figure_number = FigureNumberBlock()
    quote = QuoteBlock()
    link = LinkBlock()
    table = TableBlock(
        label=_("table"),
        template="components/blocks/table.html",
        table_options=TABLE_OPTIONS,
        description=_("A table with headings"),
        preview_value={
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "data": [["日", "時間"], ["12月5日", "10時から"], ["12月12日", "13時から"]],
        },
    )
