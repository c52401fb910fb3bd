"""Addresses below /notices/: the form, and the status pages behind their tokens."""

from django.urls import path
from django.views.generic import RedirectView

from activities.notices import views

app_name = "notices"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="notices:new"), name="index"),
    path("new/", views.new_notice, name="new"),
    path("status/<str:token>/", views.status, name="status"),
    path("status/<str:token>/answer/", views.answer, name="answer"),
    path("status/<str:token>/message/", views.message, name="message"),
    path("status/<str:token>/withdraw/", views.withdraw, name="withdraw"),
]
