"""The account of the reader: how the screen looks, and keys for other programs."""

from django.urls import path

from schools.web import settings, tokens

app_name = "people"
urlpatterns = [
    path("settings/", settings.appearance, name="settings"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:token_uuid>/revoke/", tokens.revoke, name="token-revoke"),
]
