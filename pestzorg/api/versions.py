"""Changing a stored row asks which version was read (If-Match), so that nobody saves over words they have not seen."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from pestzorg.posting.versions import WithVersion

IF_MATCH = OpenApiParameter(
    name="If-Match",
    type=str,
    location=OpenApiParameter.HEADER,
    required=True,
    description='The version that was read, as the answer\'s `ETag` gave it: `"3"`.',
)


class VersionMissing(APIException):
    """The request does not say what it changes."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_code = "version_missing"
    default_detail = _("Say which version you read, in If-Match.")


class VersionPassed(APIException):
    """Somebody wrote the row since it was read."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "stale"
    default_detail = _("Somebody else changed this. Read it again first.")


def etag(row: WithVersion) -> dict[str, str]:
    """The header that tells the version of what is shown."""
    return {"ETag": f'"{row.version}"'}


def expect_version(request: Request, row: WithVersion) -> None:
    """Refuse a change of another version than the one that was read. A race after this is the service's: Stale."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise VersionMissing
    if given != etag(row)["ETag"]:
        raise VersionPassed
