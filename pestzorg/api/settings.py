"""How the API is built and described; nothing in it differs between installations."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "pestzorg.api.schema.RuledSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "schools.api.authentication.TokenAuthentication",
        "schools.api.authentication.StaffSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "pestzorg.api.pagination.NewestFirst",
    "EXCEPTION_HANDLER": "pestzorg.api.errors.as_problem",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "pestzorg",
    "VERSION": "1",
    "DESCRIPTION": "Cases, conversations, agreements and what a class does, as the caller may see them.",
    "SERVE_INCLUDE_SCHEMA": False,
    # What is shown and what is sent differ: a colleague is sent as a uuid, and shown with the name.
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cases.api.answers.describe_answers",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Several things have a status; each list of words gets a name of its own in the schema.
    "ENUM_NAME_OVERRIDES": {
        "CaseStatus": "cases.models.case.CaseStatus",
        "ConversationStatus": "cases.models.Conversation.Status",
        "StepStatus": "cases.models.step_record.StepStatus",
        "AgreementStatus": "cases.models.Agreement.Status",
        "HelpedAnswer": "cases.models.Agreement.Helped",
        "SettledStatus": "cases.api.serializers.agreement.SETTLED_CHOICES",
        "TalkStatus": "cases.models.FollowUpTalk.Status",
        "RecordedStatus": "cases.api.serializers.talk.RECORDED_CHOICES",
        "InterventionStatus": "interventions.models.InterventionStatus",
        "PhaseStatus": "interventions.models.PhaseStatus",
        "RunState": "interventions.models.Run.State",
        "RunVersion": "interventions.models.Run.Version",
        "MeasureStatus": "cases.models.SelfProtectionMeasure.Status",
    },
}
