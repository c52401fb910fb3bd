"""Addresses under /mail/."""

from django.urls import path, re_path

from newsletter import feeds, views

urlpatterns = [
    path("", views.SignUpView.as_view(), name="mail-signup"),
    path("sent/", views.sign_up_sent, name="mail-sent"),
    re_path(r"^confirm/(?P<token>[A-Za-z0-9_-]{22})/$", views.ConfirmView.as_view(), name="mail-confirm"),
    path("feed.atom", feeds.back_number_feed, name="mail-feed"),
    path("search/", views.search_page, name="mail-search"),
    re_path(r"^(?P<year>[12][0-9]{3})/$", views.fiscal_year_list, name="mail-year"),
    path("<slug:slug>/", views.back_number, name="mail-back-number"),
]
