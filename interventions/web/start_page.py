"""What the page shows on which an intervention begins: what the check says of it, and whether this reader may go on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from cases.models import StepRecord
from interventions.protocol import Method
from interventions.queries.offered import offered_all
from interventions.queries.suitability import CheckPage, MethodAdvice
from interventions.web.start_forms import StartForm, methods_for


@dataclass
class StartPage:
    """Before the check is answered there is no advice, and nothing begins."""

    check: CheckPage
    record: StepRecord

    @cached_property
    def keys(self) -> list[str]:
        """The methods to choose from: the one that step 8 names, or those of the school itself."""
        return methods_for(str(self.record.answer("method")))

    @cached_property
    def methods(self) -> list[Method]:
        """The same, as this school offers them."""
        school = self.record.conversation.case.school
        return offered_all(school, self.keys)

    @cached_property
    def advice(self) -> list[MethodAdvice]:
        """What the check says of each of them."""
        return self.check.of_methods(self.keys) if self.check.is_complete else []

    @property
    def is_against(self) -> bool:
        """At least one of them is not advised."""
        return any(one.advice.is_against for one in self.advice)

    @property
    def waits_for_coordinator(self) -> bool:
        """None of them may be begun by this reader."""
        against = bool(self.advice) and all(one.advice.is_against for one in self.advice)
        return against and not self.check.may_override

    @property
    def may_begin(self) -> bool:
        """The form belongs on the page."""
        return bool(self.advice) and not self.waits_for_coordinator

    def form(self, data: QueryDict | None) -> StartForm:
        """How to run it, and why against the advice where that is needed."""
        asks = self.is_against and self.check.may_override
        return StartForm(data, methods=self.methods, asks_reason=asks)
