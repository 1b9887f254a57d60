"""The rights to answer once: made for a whole class, handed out by chance, on paper or one to each device."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interventions import events
from interventions.access.thermometer import may_run
from interventions.models import Run, SurveyToken
from interventions.thermometer.box import lines_in
from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.logs import MARK
from schools.models import User
from schools.services.secret_words import hash_of

BYTES = 16  # 128 bits: nobody guesses one


def new_code() -> str:
    """Six digits that no open run has."""
    while Run.objects.filter(code=(code := f"{secrets.randbelow(1_000_000):06}")).exists():
        pass
    return code


def new_token_secret() -> str:
    """What stands in the address of a survey; the mark keeps it out of every log."""
    return MARK + secrets.token_urlsafe(BYTES)


def make_tokens(run: Run, count: int, *, on_paper: bool = False) -> list[str]:
    """New tokens of a run; their secrets exist nowhere else."""
    made = [new_token_secret() for _number in range(count)]
    SurveyToken.objects.bulk_create(
        SurveyToken(run=run, secret_hash=hash_of(secret), is_handed_out=on_paper) for secret in made
    )
    return made


@transaction.atomic
def hand_out(code: str) -> str:
    """The secret of one unused token, by chance, for who types the code of an open run.

    Refuses a code that nobody has, and more devices than the class has pupils.
    """
    run = Run.objects.select_for_update().filter(code=code, state=Run.State.OPEN).first()
    if run is None:
        raise broken("code", _("This code does not work. Look at the board once more."), "unknown")
    # The keys are random, so the first one is anyone.
    token = run.tokens.filter(is_handed_out=False).order_by("pk").first()
    if token is None:
        raise broken("code", _("Every place is taken. Ask your teacher for a code."), "none_left")
    secret = new_token_secret()
    token.secret_hash, token.is_handed_out = hash_of(secret), True
    token.save()
    return secret


@transaction.atomic
def renew_codes(actor: User, run: Run, *, on_paper: bool, now: datetime) -> list[str]:
    """New tokens for all who have not answered yet; the old ones work no more. Returns them, for the only time.

    On paper they count as handed out; otherwise the class code gives them to devices again.
    """
    if not may_run(actor, run.school_class, now):
        raise broken(None, _("This is for the class teacher and the coordinator."), "not_allowed")
    run = Run.objects.select_for_update().get(pk=run.pk)
    if not run.is_open:
        raise broken(None, _("This thermometer is not open."), "not_open")
    # Another code too, so that a device that lost its token may ask for one again.
    run.code = new_code()
    run.save()
    answered = len(lines_in(run.box.answers))
    SurveyToken.objects.filter(run=run).delete()
    made = make_tokens(run, (run.class_size or 0) - answered, on_paper=on_paper)
    log.record(
        actor,
        events.CODES_RENEWED,
        now=now,
        school_id=run.school_id,
        subject_uuid=run.uuid,
        rule="R58",
        on_paper=on_paper,
    )
    return made


def run_of_token(secret: str) -> Run | None:
    """The open run that this token may still answer, or None for whatever reason."""
    token = SurveyToken.objects.filter(secret_hash=hash_of(secret), run__state=Run.State.OPEN)
    found = token.select_related("run__school", "run__school_class").first()
    return found.run if found else None
