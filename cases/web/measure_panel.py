"""Step 6: the nine measures, each with what this case has to say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from cases.access import Who, rules_on
from cases.models import ExternalReport, SelfProtectionMeasure, StepRecord
from cases.protocol import Measure
from cases.queries.measure_advice import Adviser, in_good_order
from cases.services import items
from cases.web.panel import Panel, Row
from cases.web.step_rows import MeasureForm
from schools.models import User


@dataclass
class MeasuresPanel(Panel):
    """Always nine rows. What a row begins with counts once the step is finished, not when somebody just passes by."""

    record: StepRecord = field(kw_only=True)
    fills_in: ClassVar[bool] = True

    @property
    def template(self) -> str:
        """Three large choices while the pupil reads along."""
        return f"cases/conversation/_measures{'_talk' if self.sight.is_talk else ''}.html"

    def build(self) -> list[Row]:
        return [self._measure(definition) for definition in self._definitions]

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        seen = row.saved.version if row.saved else 0
        values = {**self._suggested(row), **row.form.values()}
        items.put_measure(actor, self.record.conversation, row.name, now=now, seen=seen, **values)

    @property
    def in_order(self) -> list[SelfProtectionMeasure]:
        """What was chosen, in the order in which it is best done; empty while there is nothing to order."""
        chosen = in_good_order(self._saved.values())
        return chosen if len(chosen) > 1 else []

    @cached_property
    def _saved(self) -> dict[str, SelfProtectionMeasure]:
        conversation = self.record.conversation
        saved = list(conversation.measures.all())
        for measure in saved:
            measure.conversation = conversation
        return {measure.key: measure for measure in saved}

    @cached_property
    def _reports(self) -> dict[str, ExternalReport]:
        found = self.record.conversation.external_reports.exclude(source_key="")
        return {report.source_key: report for report in found}

    @cached_property
    def _adviser(self) -> Adviser:
        calendar = self.people.calendar
        return Adviser(
            case=self.record.conversation.case,
            measures=self._saved,
            tried=list(self.record.conversation.prior_actions.all()),
            calendar=calendar,
            today=calendar.local_date(self.now),
        )

    @cached_property
    def _is_writer(self) -> bool:
        # Advice tells of incidents and red flags, and is for who goes on with it.
        return "R17" in rules_on(Who(self.user, self.now), self.record.conversation.case)

    @property
    def _definitions(self) -> tuple[Measure, ...]:
        edition: Any = self.record.conversation.edition
        return tuple(edition.measures)

    def _measure(self, definition: Measure) -> Row:
        saved = self._saved.get(definition.key)
        advice = self._adviser.about(definition, self._definitions) if self._is_writer else None
        begins = {
            "owner": self.record.conversation.target.name,
            "status": advice.status if advice else "",
            "deadline": advice.deadline if advice else None,
        }
        row = self.make_row(
            definition.key,
            saved,
            lambda **kw: self._form(definition, saved, {} if saved else begins, **kw),
        )
        row.definition, row.advice = definition, advice
        prompt = self.sight.talk.measures[definition.key]
        row.words = [self.sight.voice.say(said) for said in prompt.sentences()]
        row.report = self._reports.get(definition.key)
        return row

    def _form(
        self,
        definition: Measure,
        saved: SelfProtectionMeasure | None,
        begins: dict[str, Any],
        **kwargs: Any,
    ) -> MeasureForm:
        finishing = self.data is not None and self.data.get("action") == "done"
        form = MeasureForm(
            row=saved, definition=definition, initial=begins, accepts=finishing, **kwargs
        )
        if saved is None or not (saved.outcome or saved.status == saved.Status.AGREED):
            form.leave_to_writing_up("outcome")
        if self.sight.is_talk:
            form.ask_in_talk(self.sight.statuses(saved.status if saved else begins["status"]))
        return form

    def _suggested(self, row: Row) -> dict[str, Any]:
        """By whom and when, for what the pupil wants to do and nobody wrote up yet: step 7 offers it so."""
        wanted = row.form.cleaned_data["status"] == SelfProtectionMeasure.Status.AGREED
        if not (self.sight.is_talk and wanted):
            return {}
        by_pupil = row.definition.owner_type == "target"
        owner = self.record.conversation.target.name if by_pupil else _("A parent")
        found = {"owner": str(owner), "deadline": row.advice.deadline}
        return {name: v for name, v in found.items() if not getattr(row.saved, name, None)}
