"""How many pages a stored PDF has. Stored files have been cleaned on arrival, so that they open quickly."""

import pikepdf

from center.models import CentreDocument


def page_count_of(document: CentreDocument) -> int | None:
    """The number of pages of a PDF; None for other files and for one that is gone or cannot be opened."""
    if document.file_extension.lower() != "pdf":
        return None
    try:
        with document.file.open("rb") as file, pikepdf.open(file) as pdf:
            return len(pdf.pages)
    except (OSError, pikepdf.PdfError):
        return None
