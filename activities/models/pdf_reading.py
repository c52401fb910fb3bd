"""What was found in the PDFs of the magazine: the picture of page 1 and the text of each page."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

REFUSALS = {
    "encrypted": _("The PDF asks for a password. Save it without one and choose it again."),
    "unreadable": _("The PDF cannot be opened; it may be damaged. Save it once more and choose it again."),
    "too_heavy": _("The PDF is too complex to be read. Print it to a new PDF and choose that."),
    "too_many_pages": _("The PDF has too many pages to be read. Choose only the pages of this issue."),
    "too_large_for_staff": _("The PDF is too large to be read. Save it smaller and choose it again."),
    "not_a_pdf": _("This is no PDF file. Choose the PDF of the printed pages."),
    "missing": _("The file of this PDF is gone. Choose it again."),
    "busy": _("The PDF could not be read this time. Save the page once more later."),
}
"""What staff are told when a PDF could not be read, by the code of the refusal: what to do now."""


class PdfReading(models.Model):
    """What one document's file says; made by `activities.pdf_reading`, never by hand, and made anew for a new file.

    It hangs on the document, not on the page: revisions of the page cannot bring an older state back, and all
    languages of an issue share it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be read")
        READ = "read", _("read")
        REFUSED = "refused", _("could not be read")

    document = models.OneToOneField(
        "center.CentreDocument", on_delete=models.CASCADE, related_name="pdf_reading", verbose_name=_("document")
    )
    file_name = models.CharField(_("file"), max_length=255)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    refusal = models.CharField(_("why it could not be read"), max_length=20, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_until = models.DateTimeField(_("being read until"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    page_count = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True)
    cover = models.ForeignKey(
        "center.CentreImage",
        verbose_name=_("cover"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    wagtail_reference_index_ignore = True  # nobody has to be asked before the document or the made cover is deleted

    class Meta:
        verbose_name = _("contents of a PDF")
        verbose_name_plural = _("contents of PDFs")

    def __str__(self) -> str:
        return f"{self.document}: {self.get_state_display()}"

    @property
    def refusal_words(self) -> str:
        """Why it could not be read and what to do; '' for a PDF that was read or waits."""
        if self.state != self.State.REFUSED:
            return ""
        return str(REFUSALS.get(self.refusal, REFUSALS["unreadable"]))


class PdfPageText(index.Indexed, models.Model):
    """The text of one page of a PDF, found by the search as a row of its own; pages without text have none."""

    reading = models.ForeignKey(
        PdfReading, on_delete=models.CASCADE, related_name="page_texts", verbose_name=_("contents of a PDF")
    )
    number = models.PositiveSmallIntegerField(_("page"))
    text = models.TextField(_("text"))

    search_fields = [index.SearchField("text")]
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("text of a page")
        verbose_name_plural = _("texts of pages")
        ordering = ["reading", "number"]
        constraints = [models.UniqueConstraint(fields=["reading", "number"], name="one_text_a_pdf_page")]

    def __str__(self) -> str:
        return f"{self.reading_id}: {self.number}"
