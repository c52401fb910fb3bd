"""Images and documents whose metadata is gone before they touch the disk, under names that say nothing."""

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition, WagtailImageField

from center.intake.uploads import clean_document, clean_image, neutral_name


class CleanContent(ContentFile):
    """Bytes that have been cleaned already, under a neutral name."""


class CleansItsFile(models.Model):
    """Cleans its `file` before it is stored, whoever hands it in: admin, multi-upload, chooser or code."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        # before the columns are collected, so that width, height, size and hash are those of the cleaned file
        self.clean_new_file()
        super().save(*args, **kwargs)

    def cleaned_file(self, file, name: str):
        """Return the `CleanFile` for raw bytes; raises UploadRefused."""
        raise NotImplementedError

    def clean_new_file(self) -> None:
        """Replace a file that is not stored yet by its cleaned form; does nothing for one that is."""
        file = self.file
        if not file or file._committed or isinstance(file.file, CleanContent):
            return
        file.file.seek(0)
        clean = self.cleaned_file(file.file, file.name)
        self.file = CleanContent(clean.content, name=neutral_name(clean.extension))
        self.file_size = len(clean.content)
        self._set_file_hash()


class CleanImageField(WagtailImageField):
    """Stores only cleaned pictures, also for `bulk_create`, which passes `save()` by."""

    def pre_save(self, model_instance, add):
        model_instance.clean_new_file()
        return super().pre_save(model_instance, add)


class CleanDocumentField(models.FileField):
    """Stores only cleaned documents."""

    def pre_save(self, model_instance, add):
        model_instance.clean_new_file()
        return super().pre_save(model_instance, add)


def image_path(instance: AbstractImage, filename: str) -> str:
    """Where an original is stored: `original_images/<128 random bits>.<ext>`."""
    return instance.get_upload_to(filename)


class CentreImage(CleansItsFile, AbstractImage):  # noqa: DJ008 - AbstractImage has __str__
    """One picture. `alt` is asked for by the checks of the page that uses it, so that every way of uploading works."""

    file = CleanImageField(verbose_name=_("file"), upload_to=image_path, width_field="width", height_field="height")
    alt = models.CharField(
        _("description for people who do not see the picture"),
        max_length=250,
        blank=True,
        help_text=_("What can be seen, in one sentence."),
    )
    credit = models.CharField(_("credit"), max_length=120, blank=True)

    admin_form_fields = (
        "title",
        "file",
        "alt",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [("choose_centreimage", "Can choose image")]

    def cleaned_file(self, file, name: str):
        return clean_image(file, name)

    @property
    def default_alt_text(self) -> str:
        return self.alt or self.title


class CentreRendition(AbstractRendition):
    """One size of one picture."""

    image = models.ForeignKey(CentreImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class CentreDocument(CleansItsFile, AbstractDocument):  # noqa: DJ008 - AbstractDocument has __str__
    """One document. Served only while a public page uses it, or to staff."""

    file = CleanDocumentField(verbose_name=_("file"), upload_to="documents")

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_centredocument", "Can choose document")]

    def cleaned_file(self, file, name: str):
        return clean_document(file, name)
