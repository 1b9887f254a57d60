"""A pupil answers. The one act of this program that leaves no event, no time and no name."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interventions.models import AnswerBox, Run, SurveyToken
from interventions.thermometer.box import put_in
from interventions.thermometer.questionnaire import version
from interventions.thermometer.sheets import sheet_from
from pestzorg.errors import RuleBroken, broken
from schools.services.secret_words import hash_of


@transaction.atomic
def answer_survey(secret: str, given: Mapping[str, int | None], temperature: int | None) -> Run:
    """Puts the answers into the box of the run and takes the token away. Refuses a token that was used, or too late.

    A pupil who skips everything has taken part. Raises WrongSheet for an answer that the questions do not have.
    """
    run = _run_of(secret)
    sheet = sheet_from(given, temperature, version(run.version))
    # First the box, then the token: everybody in this order, so that no two wait for each other.
    box = AnswerBox.objects.select_for_update().get(run=run)
    used, _by_table = SurveyToken.objects.filter(secret_hash=hash_of(secret)).delete()
    filled = put_in(box.answers, sheet.line)
    if not used or filled is None:
        raise not_answerable()
    box.answers = filled
    box.save()
    return run


def not_answerable() -> RuleBroken:
    """One answer for a token that was used, one of a closed run, and one that never was."""
    return broken(None, _("This code works no more."), "used")


def _run_of(secret: str) -> Run:
    token = SurveyToken.objects.filter(secret_hash=hash_of(secret)).select_related("run").first()
    if token is None:
        raise not_answerable()
    return token.run
