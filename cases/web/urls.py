"""URLs of cases, agreements and follow-up talks; the conversation has its own list."""

from django.urls import path

from cases.web import agreements, assess, case_pages, emergency, looks, protect, sharing, talks

app_name = "cases"
urlpatterns = [
    path("cases/", case_pages.listing, name="list"),
    path("cases/<uuid:case_uuid>/", case_pages.case, name="page"),
    path("cases/<uuid:case_uuid>/begin/", assess.begin, name="begin"),
    path("cases/<uuid:case_uuid>/assess/", assess.assess, name="assess"),
    path("cases/<uuid:case_uuid>/access/", sharing.access, name="access"),
    path(
        "cases/<uuid:case_uuid>/access/<uuid:user_uuid>/take-back/",
        sharing.take_back_access,
        name="take-back",
    ),
    path("cases/<uuid:case_uuid>/access/<uuid:user_uuid>/extra/", sharing.extra, name="extra"),
    path("cases/<uuid:case_uuid>/exclusions/", protect.exclusions, name="exclusions"),
    path("cases/<uuid:case_uuid>/exclusions/lift/", protect.lift, name="lift-exclusion"),
    path("cases/<uuid:case_uuid>/restrict/", protect.restrict, name="restrict"),
    path("cases/<uuid:case_uuid>/open-up/", protect.open_up, name="open-up"),
    path("cases/<uuid:case_uuid>/emergency/", emergency.emergency, name="emergency"),
    path("cases/<uuid:case_uuid>/reporter/", emergency.reporter, name="reporter"),
    path("cases/by-code/", protect.by_code, name="by-code"),
    path("emergency/", emergency.log, name="emergency-log"),
    path("cases/<uuid:case_uuid>/looks/", looks.looks, name="looks"),
    path("cases/<uuid:case_uuid>/looks/report/", looks.report, name="access-report"),
    path("cases/<uuid:case_uuid>/agreements/new/", agreements.new, name="agreement-new"),
    path("cases/<uuid:case_uuid>/talks/new/", talks.new, name="talk-new"),
    path("agreements/<uuid:agreement_uuid>/", agreements.page, name="agreement-page"),
    path("agreements/<uuid:agreement_uuid>/settle/", agreements.settle, name="agreement-settle"),
    path("agreements/<uuid:agreement_uuid>/reopen/", agreements.reopen, name="agreement-reopen"),
    path("agreements/<uuid:agreement_uuid>/edit/", agreements.edit, name="agreement-edit"),
    path("talks/<uuid:talk_uuid>/", talks.page, name="talk-page"),
    path("talks/<uuid:talk_uuid>/move/", talks.move, name="talk-move"),
]
