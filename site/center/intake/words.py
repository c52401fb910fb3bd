"""What people are told when a file or a form is not taken: what is the matter, and what to do now."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from . import bounds

_PICTURE_ADVICE = _("This kind of picture cannot be used here. Please save it as JPEG or PNG, or send a PDF.")

MESSAGES = {
    # How much
    "empty": _("This file is empty. Please choose it once more."),
    "too_large": format_lazy(
        _("This file is larger than {limit} MB. Please make it smaller, then choose it once more."),
        limit=bounds.MAX_FILE_BYTES // bounds.MEGABYTE,
    ),
    "too_large_for_staff": format_lazy(
        _("This file is larger than {limit} MB. Please make it smaller, then choose it once more."),
        limit=bounds.MAX_STAFF_FILE_BYTES // bounds.MEGABYTE,
    ),
    "too_many_files": format_lazy(
        _("Up to {limit} files can be sent. Please take some out, or put several pages into one PDF."),
        limit=bounds.MAX_FILES,
    ),
    "form_too_large": format_lazy(
        _("Together the files are larger than {limit} MB. Please take some out or make them smaller."),
        limit=bounds.MAX_FORM_BYTES // bounds.MEGABYTE,
    ),
    "too_many_pixels": format_lazy(
        _("This picture has more than {limit} million pixels. Please make it smaller, then choose it once more."),
        limit=bounds.MAX_PIXELS // 1_000_000,
    ),
    "too_many_pages": format_lazy(
        _("This PDF has more than {limit} pages. Please send only the pages that are needed."),
        limit=bounds.MAX_PDF_PAGES,
    ),
    "too_heavy": _("This file is too complex to be checked. Please print it to a new PDF and send that."),
    "busy": _("Many files are arriving just now. Please wait a minute, then send once more."),
    # What cannot be opened
    "unreadable": _(
        "This file could not be opened; it may be damaged. Please save it once more, or send a photo of it."
    ),
    "encrypted": _("This file is protected by a password or against copying. Please save it without protection."),
    "pdf_portfolio": _("This PDF is a folder holding other files. Please send those files one by one."),
    "pdf_dynamic_form": _("This PDF only opens in one program. Please print it to a new PDF and send that."),
    "macro": _("This file contains macros or links to other programs. Please save it without them, or as PDF."),
    "embedded": _("Another file is hidden inside this one. Please take it out, or save the document as PDF."),
    "not_text": _("This is not a text file. Please check it and choose it once more."),
    # What it is
    "word": _("Word files cannot be used here. In Word choose “Save as” and PDF, then send the PDF."),
    "excel": _("Excel files cannot be used here. In Excel choose “Save as” and PDF, then send the PDF."),
    "powerpoint": _("PowerPoint files cannot be used here. In PowerPoint choose “Save as” and PDF, then send the PDF."),
    "office": _("Files of word processors cannot be used here. Please save it as PDF, then send the PDF."),
    "archive": _("Packed files such as ZIP cannot be used here. Please unpack it and send the files one by one."),
    "gif": _("GIF pictures cannot be used here. Please save it as JPEG or PNG."),
    "svg": _("SVG pictures cannot be used here. Please save it as PNG or PDF."),
    "tiff": _PICTURE_ADVICE,
    "bmp": _PICTURE_ADVICE,
    "avif": _PICTURE_ADVICE,
    "picture": _PICTURE_ADVICE,
    "video": _("Videos cannot be used here. Please write the address where it can be seen into the text."),
    "audio": _("Sound files cannot be used here. Please write the address where it can be heard into the text."),
    "html": _("Web pages cannot be used here. Please write the page’s address into the text, or send a PDF."),
    "text": _("Text files cannot be used here. Please copy the words into the form."),
    "program": _("Programs cannot be used here. Please choose a photo (JPEG, PNG, WebP, HEIC) or a PDF."),
    "unknown": _("This kind of file cannot be used here. Please choose a photo (JPEG, PNG, WebP, HEIC) or a PDF."),
    "not_a_picture": _("Only pictures can be used here (JPEG, PNG, WebP, HEIC)."),
    "not_a_pdf": _("Only PDF files can be used here."),
    "not_a_document": _("Only documents can be used here (PDF, Word, Excel, CSV, text, calendar)."),
}
