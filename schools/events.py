"""Audit verbs of this app."""

ROLE_GIVEN = "role_given"
MEMBERSHIP_ENDED = "membership_ended"
TOKEN_ISSUED = "token_issued"  # noqa: S105 - a verb, not a secret
TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a verb, not a secret
PERSON_DEACTIVATED = "person_deactivated"
EXCLUDED_FROM_SCHOOL = "person_excluded_from_school"
SCHOOL_LIFTING_ASKED = "school_exclusion_lifting_asked"
SCHOOL_EXCLUSION_LIFTED = "school_exclusion_lifted"
