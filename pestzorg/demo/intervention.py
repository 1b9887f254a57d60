"""An approach of a case that runs: in scenario E step 8 chose the class thermometer, and its preparation was held."""

from __future__ import annotations

from cases.models import Conversation
from interventions.models import Intervention
from interventions.services.phases import hold_phase, plan_phase, save_phase
from interventions.services.starting import start_intervention
from interventions.services.suitability import check_suitability
from pestzorg.demo.checked import checked
from pestzorg.demo.people import Place
from pestzorg.demo.scenario_a.school import at
from schools.services.classes import enrol

BEGUN, PREPARED = at(5, 15, 30), at(6, 9)
# A thermometer asks for eight pupils at least.
CLASSMATES = (
    ("Fardau", "Hiemstra"), ("Jelle", "Bouma"), ("Mirte", "de Haan"), ("Amir", "Yusuf"), ("Sanne", "Veenstra"),
    ("Wout", "Terpstra"), ("Nynke", "Kramer"), ("Ruben", "Dijk"),
)  # fmt: skip


def thermometer_of_case(place: Place, conversation: Conversation) -> Intervention:
    """Wed 5 Nov: Lieuwe answers the check and begins. Thu 6 Nov: parents were told; the class is asked on Monday."""
    lieuwe = place.staff["Lieuwe"]
    for first, last in CLASSMATES:
        enrol(place.school_class, first, last)
    check_suitability(lieuwe, conversation, checked("class_thermometer"), now=BEGUN)
    made = start_intervention(
        lieuwe, conversation, method="class_thermometer", variant="usual", now=BEGUN
    )
    prepare, baseline = made.phases.all()[:2]
    prepare.intervention = baseline.intervention = made
    told = {"informed_parents_on": BEGUN.date().isoformat()}
    save_phase(lieuwe, prepare, told, now=PREPARED)
    hold_phase(lieuwe, prepare, PREPARED.date(), now=PREPARED)
    baseline.refresh_from_db()
    plan_phase(lieuwe, baseline, at(10, 11).date(), now=PREPARED)
    return made
