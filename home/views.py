"""The search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from home.search import cleaned_query, search_site


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """/search/?q=…&type=…&p=…: finds among the public pages; without words it asks for some."""
    results = search_site(
        cleaned_query(request.GET.get("q", "")),
        type_=request.GET.get("type", ""),
        number=request.GET.get("p", "1"),
        language=get_language() or "ja",
        now=timezone.now(),
    )
    return render(request, "home/search.html", {"results": results})
