"""Where am I signed in? The own sessions, and ending one or all others."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from pestzorg.signin.sessions import end_sessions, sessions_of
from pestzorg.signin.store import hash_of
from pestzorg.web.pages import page


@page(GET="P08", POST="P08")
def own_sessions(request: HttpRequest) -> HttpResponse:
    """The list; POST ends the one that is named, or every other one."""
    owner = int(request.user.pk or 0)
    own = sessions_of(owner)
    key = str(request.session.session_key)
    if request.method != "POST":
        context = {"sessions": own, "current": hash_of(key)}
        return render(request, "account/sessions.html", context)
    named = request.POST.get("session")
    if named:
        own.exclude(session_key=hash_of(key)).filter(session_key=named).delete()
    else:
        end_sessions(owner, but=key)
    messages.success(request, _("Signed out there."))
    return redirect("own_sessions")
