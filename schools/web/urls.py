"""The account of the reader: how the screen looks, the calendar feed, and keys for other programs."""

from django.urls import path

from schools.web import feed, settings, tokens

app_name = "people"
urlpatterns = [
    path("settings/", settings.appearance, name="settings"),
    path("calendar/", feed.feed, name="feed"),
    path("calendar/end/", feed.end, name="feed-end"),
    path("settings/mail/", settings.reminder_mail, name="reminder-mail"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:token_uuid>/revoke/", tokens.revoke, name="token-revoke"),
]
