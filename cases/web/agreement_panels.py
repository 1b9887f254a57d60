"""Steps 7 and 9: agreements with what step 6 offers, and follow-up talks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from cases.models import Agreement, FollowUpTalk, SelfProtectionMeasure, StepRecord
from cases.queries.belonging import PUPIL, agreements_of, heard_by_pupil, talks_of
from cases.queries.fulfilment import Fulfilment, fulfilment
from cases.queries.measure_advice import in_good_order
from cases.services.agreements import change_agreement, record_agreement
from cases.services.talks import plan_follow_up
from cases.web.agreement_forms import AgreementForm, initial_of
from cases.web.panel import Panel, Row
from cases.web.talk_forms import TalkForm
from schools.models import User

CANCELLED = Agreement.Status.CANCELLED
RELATED = ("owner_staff", "owner_participant", "responsible_staff")


@dataclass
class AgreementsPanel(Panel):
    """Saved agreements as rows to read, an empty one, and one ticked offer per measure of step 6.

    What somebody typed in an offer that another took up, or let go, meanwhile is compared with what stands there now.
    """

    fills_in: ClassVar[bool] = True

    record: StepRecord = field(kw_only=True)

    @cached_property
    def saved(self) -> list[Agreement]:
        """What was agreed so far in this conversation."""
        return list(agreements_of(self._conversation).select_related(*RELATED))

    @cached_property
    def shown(self) -> list[Agreement]:
        """Those on the page; the pupil reads along with the talk."""
        if self.sight.is_talk:
            return heard_by_pupil(self._conversation, self.saved)
        return self.saved

    @property
    def shown_from_before(self) -> list[Agreement]:
        """Of the earlier conversation, those on the page."""
        hidden = self.sight.is_talk
        return [a for a in self.from_before if not hidden or PUPIL in a.visibility]

    @cached_property
    def from_before(self) -> list[Agreement]:
        """What still holds of the earlier conversation with the same pupil."""
        earlier = self._conversation.follows
        if earlier is None:
            return []
        holding = earlier.agreements.filter(status__in=Agreement.LIVING)
        return list(holding.select_related(*RELATED))

    def build(self) -> list[Row]:
        """Offers first, then the empty row."""
        offered = self._offered()
        offers = [self._offer(measure) for measure in offered]
        late = [self._late_offer(measure) for measure in self._offered_before(offered)]
        typed = [row for row in late if row.form.was_typed_in]
        return [*typed, *offers, self._row("new", {})]

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        if row.saved:
            change_agreement(actor, row.saved, now=now, **row.form.service_values())
            return
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
        taken = {a.source_key for a in [*self.saved, *self.from_before] if a.status != CANCELLED}
        agreed = self._conversation.measures.filter(
            status=SelfProtectionMeasure.Status.AGREED, deadline__isnull=False
        )
        free = [measure for measure in agreed if measure.key not in taken]
        for measure in free:
            measure.conversation = self._conversation
        # Best done first; what has no place, a complaint, comes last.
        places = {measure.key: number for number, measure in enumerate(in_good_order(free))}
        return sorted(free, key=lambda measure: places.get(measure.key, len(free)))

    def _offered_before(
        self, offered: list[SelfProtectionMeasure]
    ) -> Iterable[SelfProtectionMeasure]:
        """Measures whose offer an older page sends along, still ticked."""
        free = {measure.key for measure in offered}
        for measure in self._conversation.measures.all() if self.data is not None else ():
            ticked = f"{self.key}-offer-{measure.key}-wanted"
            if measure.key not in free and self.data and self.data.get(ticked):
                measure.conversation = self._conversation
                yield measure

    def _late_offer(self, measure: SelfProtectionMeasure) -> Row:
        here = [a for a in self.saved if a.source_key == measure.key and a.status != CANCELLED]
        if not here:
            return self._offer(measure)
        made = here[-1]
        initial = initial_of(made, self.people, self.user)
        row = self._row(f"offer-{measure.key}", initial, saved=made, offer=True)
        row.definition = measure.definition
        return row

    def _offer(self, measure: SelfProtectionMeasure) -> Row:
        by_pupil = measure.owner in {"", self._conversation.target.name}
        initial = {
            "wanted": not self._was_left_out(measure),
            "what": str(measure.definition.label),
            "owner": "target" if by_pupil else "parent",
            "owner_name": "" if by_pupil else measure.owner,
            "deadline": measure.deadline,
            "helper": measure.helper,
        }
        row = self._row(f"offer-{measure.key}", initial, offer=True)
        row.definition = measure.definition
        return row

    def _was_left_out(self, measure: SelfProtectionMeasure) -> bool:
        # What was agreed once and fell away is offered again, and not made again unasked.
        if measure.key in {agreement.source_key for agreement in self.saved}:
            return True
        # This step was saved since the measure was agreed: whoever saved it took the tick off.
        seen_at, agreed_at = self.record.changed_at, measure.changed_at
        return bool(seen_at and agreed_at and seen_at >= agreed_at)

    def _row(
        self,
        name: str,
        initial: dict[str, Any],
        *,
        saved: Agreement | None = None,
        offer: bool = False,
    ) -> Row:
        return self.make_row(
            name,
            saved,
            lambda **kw: AgreementForm(
                case=self._conversation.case,
                now=self.now,
                user=self.user,
                people=self.people,
                initial=initial,
                offer=offer,
                kept_day=saved.deadline if saved else None,
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
        """What is planned or held in this conversation, and what is still to come of an earlier one."""
        talks = talks_of(self.record.conversation)
        return list(talks.select_related("with_participant", "conductor"))

    @cached_property
    def first_round(self) -> Fulfilment:
        """How far the first round of talks is."""
        return fulfilment(self.record, self.saved)

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
