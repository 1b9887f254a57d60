"""The routes of an installation, and one that does nothing: what the middleware alone costs."""

from django.urls import path

from pestzorg.bench.pages import guardian_list, hello
from pestzorg.urls import urlpatterns as product

handler404 = "pestzorg.home.navigation.not_found"
urlpatterns = [
    path("bench/hello/", hello),
    path("bench/guardian/", guardian_list),
    *product,
]
