"""Addresses of the activities that are no pages: calendar file and feed."""

from django.urls import path

from activities import calendars, feeds

urlpatterns = [
    path("events/calendar.ics", calendars.events_calendar, name="events-calendar"),
    path("events/feed.atom", feeds.events_feed, name="events-feed"),
]
