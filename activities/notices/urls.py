"""Addresses below /notices/: the form, and the status pages behind their tokens."""

from django.urls import path
from django.views.generic import RedirectView

from activities.notices import form_calls, group_views, status_views, views

app_name = "notices"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="notices:new"), name="index"),
    path("new/", views.new_notice, name="new"),
    path("new/save/", form_calls.save, name="save"),
    path("new/upload/", form_calls.upload, name="upload"),
    path("new/preview/", form_calls.preview, name="preview"),
    path("new/places/", form_calls.places, name="places"),
    path("new/file/<str:key>/<str:name>/", form_calls.file, name="file"),
    path("new/<str:token>/", views.resume, name="resume"),
    path("status/<str:token>/", status_views.status, name="status"),
    path("status/<str:token>/answer/", status_views.answer, name="answer"),
    path("status/<str:token>/message/", status_views.message, name="message"),
    path("status/<str:token>/edit/", status_views.edit, name="edit"),
    path("status/<str:token>/change/", status_views.change, name="change"),
    path("status/<str:token>/withdraw/", status_views.withdraw, name="withdraw"),
    path("group/", group_views.ask, name="group_ask"),
    path("group/sent/", group_views.sent, name="group_sent"),
    path("group/<str:token>/", group_views.home, name="group"),
    path("group/<str:token>/new/", group_views.new, name="group_new"),
    path("group/<str:token>/again/", group_views.again, name="group_again"),
    path("group/<str:token>/check/", group_views.check, name="group_check"),
    path("group/<str:token>/correct/", group_views.correct, name="group_correct"),
]
