"""What every view set of the API is: it declares one rule per action, and describes itself to nobody."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from pestzorg.rules.registry import declare
from pestzorg.signin.step_up import is_fresh, needs_step_up


class FreshSignInRequired(PermissionDenied):
    """A program cannot prove who holds it: such acts are for a browser, shortly after signing in."""

    default_code = "fresh_sign_in_required"
    default_detail = _("Sign in again for this, in a browser.")


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

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A rule that wants a fresh sign-in refuses lists and new things at once."""
        super().initial(request, *args, **kwargs)
        # Any other action (OPTIONS has one too) is a method that does not exist here: DRF says so next.
        if self.action in self.rule_of and not self.detail:
            self._refuse_stale()

    def get_object(self) -> Any:
        """One thing. It is looked up first, so that a closed one and an absent one stay alike."""
        found = super().get_object()
        self._refuse_stale()
        return found

    def http_method_not_allowed(  # type: ignore[override] # Django's and DRF's stubs disagree
        self, request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """What does not exist here; on a thing that the caller does not see it is the thing that does not exist."""
        if not self.is_there():
            raise Http404
        return super().http_method_not_allowed(request, *args, **kwargs)

    def is_there(self) -> bool:
        """Whether the caller sees what the address names; a list of everything names nothing."""
        return not self.detail or self.get_queryset().filter(uuid=self.kwargs["uuid"]).exists()

    def _refuse_stale(self) -> None:
        if needs_step_up(self.rule) and not is_fresh(self.request._request):  # type: ignore[arg-type] # timed
            raise FreshSignInRequired

    @property
    def rule(self) -> str:
        """The rule of the action that was asked for."""
        return self.rule_of[self.action]
