"""What every view set of the API is: it declares one rule per action, and describes itself to nobody."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.viewsets import GenericViewSet

from pestzorg.rules.registry import declare


class RuledViewSet(GenericViewSet[Any]):
    """`rule_of` names the rule of each action; an action that is not in it stops the installation."""

    rule_of: ClassVar[dict[str, str]] = {}
    newest_first: ClassVar[tuple[str, ...]]
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    # OPTIONS would describe forms to whoever asks; the schema does that.
    metadata_class = None

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        """The view, knowing the rule of each of its methods."""
        view = super().as_view(actions, **initkwargs)
        rules = {m.upper(): cls.rule_of[a] for m, a in actions.items() if a in cls.rule_of}
        return declare(**rules)(view)

    @property
    def rule(self) -> str:
        """The rule of the action that was asked for."""
        return self.rule_of[self.action]
