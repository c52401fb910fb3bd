"""Addresses under /open-data/. They have no language: the columns are Japanese by agreement."""

from django.urls import path, re_path

from activities import open_data

urlpatterns = [
    path("", open_data.open_data, name="open-data"),
    re_path(rf"^(?P<name>{'|'.join(open_data.DATASETS)})\.csv$", open_data.csv_file, name="open-data-csv"),
]
