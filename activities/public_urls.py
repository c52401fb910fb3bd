"""Addresses of the activities that are no pages: calendar file, feed, and the forms to the centre."""

from django.urls import path

from activities import calendars, feeds, grant_calendar, news_feed
from activities.inquiries import views as inquiry_views

urlpatterns = [
    path("events/calendar.ics", calendars.events_calendar, name="events-calendar"),
    path("events/feed.atom", feeds.events_feed, name="events-feed"),
    path("news/feed.atom", news_feed.news_feed, name="news-feed"),
    path("grants/<slug:slug>/deadline.ics", grant_calendar.grant_deadline, name="grant-deadline"),
    path("matching/contact/<int:pk>/", inquiry_views.contact, name="match-contact"),
    path("matching/contact/sent/<str:signed>/", inquiry_views.contact_sent, name="match-contact-sent"),
    path("services/request/", inquiry_views.consultation, name="consultation"),
    path("services/request/sent/<str:signed>/", inquiry_views.consultation_sent, name="consultation-sent"),
]
