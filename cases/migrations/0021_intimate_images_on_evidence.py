"""An incident that was ticked as an intimate image says so as evidence, unless evidence of it does already."""

from django.db import migrations
from django.db.models import Exists, OuterRef

TOLD = "Intiem beeld van een minderjarige."


def carry_over(apps, schema_editor):
    Incident = apps.get_model("cases", "Incident")
    Evidence = apps.get_model("cases", "Evidence")
    told = Evidence.objects.filter(incident=OuterRef("pk"), contains_intimate_image=True)
    for incident in Incident.objects.filter(~Exists(told), contains_intimate_image=True):
        # Who has it was never asked; the pupil is what the form begins with.
        Evidence.objects.create(
            incident=incident,
            kind="photo",
            described_as=TOLD,
            held_by="pupil",
            contains_intimate_image=True,
            recorded_at=incident.recorded_at,
        )


def take_back(apps, schema_editor):
    Incident = apps.get_model("cases", "Incident")
    Incident.objects.filter(evidence__contains_intimate_image=True).update(
        contains_intimate_image=True
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_possible_offence"),
    ]

    operations = [
        migrations.RunPython(carry_over, take_back),
    ]
