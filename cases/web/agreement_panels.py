"""Steps 7 and 9: agreements with what step 6 offers, and follow-up talks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from cases.models import Agreement, FollowUpTalk, SelfProtectionMeasure, StepRecord
from cases.services.agreements import record_agreement
from cases.services.talks import plan_follow_up
from cases.web.agreement_forms import AgreementForm
from cases.web.panel import Panel, Row
from cases.web.talk_forms import TalkForm
from schools.models import User


@dataclass
class AgreementsPanel(Panel):
    """Saved agreements as rows to read, an empty one, and one ticked offer per measure of step 6."""

    record: StepRecord = field(kw_only=True)

    @cached_property
    def saved(self) -> list[Agreement]:
        """What was agreed so far."""
        related = ("owner_staff", "owner_participant", "responsible_staff")
        return list(self._conversation.case.agreements.select_related(*related))

    def build(self) -> list[Row]:
        """Offers first, then the empty row."""
        offers = [self._offer(measure) for measure in self._offered()]
        return [*offers, self._row("new", {})]

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        source: dict[str, Any] = (
            {"source": Agreement.Source.MEASURE, "source_key": row.name[6:]}
            if row.definition
            else {}
        )
        record_agreement(
            actor,
            self._conversation.case,
            conversation=self._conversation,
            now=now,
            **source,
            **row.form.service_values(),
        )

    @property
    def _conversation(self) -> Any:
        return self.record.conversation

    def _offered(self) -> list[SelfProtectionMeasure]:
        taken = {agreement.source_key for agreement in self.saved}
        agreed = self._conversation.measures.filter(
            status=SelfProtectionMeasure.Status.AGREED, deadline__isnull=False
        )
        return [measure for measure in agreed if measure.key not in taken]

    def _offer(self, measure: SelfProtectionMeasure) -> Row:
        by_pupil = measure.owner in {"", self._conversation.target.name}
        initial = {
            "what": str(measure.definition.label),
            "owner": "target" if by_pupil else "parent",
            "owner_name": "" if by_pupil else measure.owner,
            "deadline": measure.deadline,
            "helper": measure.helper,
        }
        row = self._row(f"offer-{measure.key}", initial, offer=True)
        row.definition = measure.definition
        return row

    def _row(self, name: str, initial: dict[str, Any], *, offer: bool = False) -> Row:
        return self.make_row(
            name,
            None,
            lambda **kw: AgreementForm(
                case=self._conversation.case,
                now=self.now,
                user=self.user,
                people=self.people,
                initial=initial,
                offer=offer,
                empty_permitted=not offer,
                use_required_attribute=False,
                **kw,
            ),
        )


@dataclass
class TalksPanel(Panel):
    """Planned talks as rows to read, and an empty one."""

    record: StepRecord = field(kw_only=True)

    @cached_property
    def saved(self) -> list[FollowUpTalk]:
        """What is planned or held."""
        return list(
            self.record.conversation.case.talks.select_related("with_participant", "conductor")
        )

    def build(self) -> list[Row]:
        case = self.record.conversation.case
        return [
            self.make_row(
                "new",
                None,
                lambda **kw: TalkForm(
                    case=case,
                    now=self.now,
                    user=self.user,
                    people=self.people,
                    empty_permitted=True,
                    use_required_attribute=False,
                    **kw,
                ),
            )
        ]

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        conversation = self.record.conversation
        plan_follow_up(
            actor,
            conversation.case,
            conversation=conversation,
            now=now,
            **row.form.service_values(),
        )
