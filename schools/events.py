"""Audit verbs of this app."""

ROLE_GIVEN = "role_given"
MEMBERSHIP_ENDED = "membership_ended"
KEY_ISSUED = "token_issued"  # the screen calls a token a key
KEY_REVOKED = "token_revoked"
PERSON_DEACTIVATED = "person_deactivated"
EXCLUDED_FROM_SCHOOL = "person_excluded_from_school"
SCHOOL_LIFTING_ASKED = "school_exclusion_lifting_asked"
SCHOOL_EXCLUSION_LIFTED = "school_exclusion_lifted"
