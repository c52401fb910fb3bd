"""Addresses. Japanese has no prefix; English and easy Japanese have one. Machines' addresses have none."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from center import sitemaps as center_sitemaps
from center import views as center_views
from home import views as home_views
from newsletter.sending.webhooks import take_reports

handler500 = "config.faults.server_error"

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("u/", include("newsletter.personal_urls")),
    path("esp/<slug:scheme>/", take_reports, name="esp-reports"),
    path("open-data/", include("activities.open_data_urls")),
    path("sitemap.xml", center_sitemaps.site_map, name="sitemap"),
    path("robots.txt", center_sitemaps.robots_txt, name="robots"),
    path("healthz", center_views.healthz, name="healthz"),
    path("readyz", center_views.readyz, name="readyz"),
    re_path(
        r"^share/(?P<key>[0-9]{1,9}|ja|en|ja-x-easy)-(?P<digest>[0-9a-f]{12})\.png$",
        center_views.share_picture,
        name="share-picture",
    ),
]

if settings.SERVE_MEDIA:
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}))

urlpatterns += i18n_patterns(
    path("", include("activities.public_urls")),
    path("search/", home_views.search, name="search"),
    path("notices/", include("activities.notices.urls")),
    path("mail/", include("newsletter.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
