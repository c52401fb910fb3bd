"""The admin's forms for images and documents: a file that is refused is refused in words, beside its field."""

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from center.intake.uploads import UploadRefused, clean_document, clean_image, neutral_name
from center.models.media import CleanContent


class _CleansFile:
    """Cleans an uploaded file while the form is validated, so that the model finds it clean already."""

    clean_with = None

    def clean_file(self):
        file = self.cleaned_data.get("file")
        if not isinstance(file, UploadedFile):
            return file
        file.seek(0)
        try:
            clean = type(self).clean_with(file, file.name)
        except UploadRefused as refused:
            raise ValidationError(refused.message, code=refused.code) from refused
        return CleanContent(clean.content, name=neutral_name(clean.extension))


class CentreImageForm(_CleansFile, BaseImageForm):
    """Upload and change of images."""

    clean_with = staticmethod(clean_image)


class CentreDocumentForm(_CleansFile, BaseDocumentForm):
    """Upload and change of documents."""

    clean_with = staticmethod(clean_document)
