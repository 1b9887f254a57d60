"""Audit verbs of this app."""

ROLE_GIVEN = "role_given"
MEMBERSHIP_ENDED = "membership_ended"
TOKEN_ISSUED = "token_issued"  # noqa: S105 - a verb, not a secret
TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a verb, not a secret
