"""The personas that need an act of their own: excluded people, emergency access, the safety officer, a token for totals."""

from __future__ import annotations

from cases.ceilings import Level
from cases.models import Case
from cases.services.break_glass import break_glass
from cases.services.exclusions import exclude_from_case
from cases.services.sharing import rebuild_access, share_case
from pestzorg.testing.builders import NOW, make_person, make_report
from pestzorg.tests.security.personas import World, build_world
from schools.models import ApiToken, CalendarFeed
from schools.roles import Role
from schools.services.feeds import open_feed
from schools.services.tokens import issue_token

REASON = "He texted that he is being followed home right now."
# Excluded, and also managing the case by name: with each role underneath.
EXCLUDED = {
    "EX CO": Role.COORDINATOR,
    "EX TM": Role.TEACHER,
    "EX PR": Role.PRINCIPAL,
    "EX VP": Role.COUNSELLOR,
}
MORE = (*EXCLUDED, "BG", "SO", "TKa", "PL", "RP")


def build_whole_world() -> World:
    """Everybody of the matrix. A pupil and a reporter have no account: a browser that nobody signed in."""
    world = build_world()
    boss, case = world.case.handler, world.case
    for persona, role in EXCLUDED.items():
        person = make_person(role, world.school, first_name=persona.replace("EX", "Excluded"))
        share_case(boss, case, person, Level.MANAGE, now=NOW)
        world.people[persona] = person
    world.people["BG"] = make_person(Role.PRINCIPAL, world.school, first_name="Glass")
    world.people["SO"] = make_person(Role.SAFETY_OFFICER, world.school)
    for persona in EXCLUDED:
        exclude_from_case(boss, case, world.people[persona], reason="family", now=NOW)
    break_glass(world.people["BG"], case, reason=REASON, reason_code="danger", now=NOW)
    for persona in (*EXCLUDED, "BG"):
        person = world.people[persona]
        token, _secret = issue_token(person, name="own", schools=[world.school], days=9, now=NOW)
        world.own[persona] = {
            "token_uuid": token.uuid,
            "secret": open_feed(person, now=NOW),
            "report_uuid": make_report(person, world.school).uuid,
        }
    CalendarFeed.objects.update(last_used_on=NOW.date())
    world.secrets["TKa"] = _token_for_totals(world)
    return world


def _token_for_totals(world: World) -> str:
    # The scope does not exist yet; what a program with it gets until then is nothing.
    token, secret = issue_token(
        world.people["CO"], name="totals", schools=[world.school], days=9, now=NOW
    )
    ApiToken.objects.filter(pk=token.pk).update(scopes=["stats:read"])
    return secret


def close(world: World) -> None:
    """The case is archived."""
    Case.objects.filter(pk=world.case.pk).update(status="closed")
    rebuild_access(world.case)
