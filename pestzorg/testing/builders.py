"""Real objects for tests, made by the services alone: schools, people, pupils and cases in each state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from cases.models import Agreement, Case, FollowUpTalk, Report
from cases.queries.judging import INDICATORS
from cases.services.agreements import record_agreement
from cases.services.assessing import activate_case, begin_assessing
from cases.services.reporting import report_concern
from cases.services.talks import plan_follow_up
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.queue import put
from schools.models import Board, Pupil, School, SchoolClass, User
from schools.roles import BOARD_ROLES, Role
from schools.services.classes import enrol, open_class
from schools.services.people import give_role, new_person
from schools.services.places import found_school

NOW = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)  # a Monday, ten o'clock at school
PASSWORD = "pestzorg-test"


def make_school(name: str = "De Vaart", code: str = "de-vaart", region: str = "midden") -> School:
    """A school with its own board and two school years."""
    board = Board.objects.create(name=f"Board of {name}")
    return found_school(board, name=name, code=code, region=region, years=range(2025, 2027))


def make_person(role: Role, school: School, now: datetime = NOW, first_name: str = "") -> User:
    """Somebody with one role at the school, or at its board for a board role."""
    first_name = first_name or role.value.title().replace("_", " ")
    person = new_person(
        f"{first_name}.{role.value}@{school.code}.example.org".lower().replace(" ", "-"),
        first_name,
        "de Vries",
        PASSWORD,
    )
    place = {"board": school.board} if role in BOARD_ROLES else {"school": school}
    give_role(None, person, role, now=now - timedelta(days=60), **place)
    return person


def make_class(school: School, name: str = "7A", *class_teachers: User) -> SchoolClass:
    """A class of the first school year."""
    year = school.years.earliest("starts_on")
    return open_class(school, year, name, class_teachers)


def make_pupil(
    school_class: SchoolClass, first_name: str = "Noor", last_name: str = "Visser"
) -> Pupil:
    """A pupil of the class."""
    return enrol(school_class, first_name, last_name)


def make_report(
    reporter: User, school: School, pupil: Pupil | None = None, now: datetime = NOW, **values: Any
) -> Report:
    """A reported case; `values` are those of report_concern."""
    return report_concern(
        reporter, school, pupil=pupil, now=now, **{"about": "" if pupil else "Noor", **values}
    )


def make_case_active(
    coordinator: User,
    lead: User,
    school: School,
    pupil: Pupil,
    now: datetime = NOW,
    *,
    points: int = 1,
) -> Case:
    """A case in conversation: the coordinator handles it, `lead` talks. Eight times `points` decides severity."""
    report = make_report(coordinator, school, pupil, now)
    begin_assessing(coordinator, report.case, coordinator, now=now)
    activate_case(
        coordinator,
        report.case,
        target=pupil,
        lead=lead,
        indicators=dict.fromkeys(INDICATORS, points),
        red_flags=[],
        now=now,
        apart=True,
    )
    return Case.objects.select_related("school").get(pk=report.case_id)


def make_agreement(actor: User, case: Case, now: datetime = NOW, **values: Any) -> Agreement:
    """An agreement of `actor`, due in two days unless `values` say otherwise."""
    due = {} if "review_on" in values else {"deadline": now.date() + timedelta(days=2)}
    usual = {"what": "Bel de ouders", "owner_type": "staff", "owner_staff": actor}
    return record_agreement(
        actor, case, now=now, **{**usual, "responsible_staff": actor, **due, **values}
    )


def make_talk(actor: User, case: Case, now: datetime = NOW, **values: Any) -> FollowUpTalk:
    """A planned talk with the pupil, tomorrow at the same time, led by `actor`."""
    usual = {
        "conductor": actor,
        "planned_at": now + timedelta(days=1),
        "with_role": "target",
        "with_participant": case.target,
        "purposes": ["check_safety"],
    }
    return plan_follow_up(actor, case, now=now, **{**usual, **values})


def make_parked_mail(
    person: User, now: datetime = NOW, error: str = "SMTPRecipientsRefused 550", **values: Any
) -> Mail:
    """A notice about the account of somebody that the mail server refused too often."""
    mail = put("account", person.pk, now.date(), f"new_device:{uuid4().hex[:12]}", now, now)
    assert mail is not None
    gone_wrong = {"state": State.PARKED, "attempts": 8, "error": error, **values}
    Mail.objects.filter(pk=mail.pk).update(**gone_wrong)
    mail.refresh_from_db()
    return mail
