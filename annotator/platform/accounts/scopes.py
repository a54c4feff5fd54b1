"""What an API token may do: each scope includes those before it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from annotator.problems import Problem, gettext_noop


class Scope(models.TextChoices):
    """The scopes of tokens."""

    READ = "read", gettext_lazy("read and export")
    ANNOTATE = "annotate", gettext_lazy("read, annotate and adjudicate")
    MANAGE = "manage", gettext_lazy("everything that you may do")


class TokenScope(Problem):
    """The token does not have the scope that the request needs."""

    status = 403
    code = "token_scope"
    title = gettext_noop("Not allowed for this token")


def includes(scope: str, needed: str) -> bool:
    """Return whether a scope includes another one."""
    order = list(Scope.values)
    return order.index(scope) >= order.index(needed)


class HasTokenScope(BasePermission):
    """Permission of requests by token: reading needs the scope `read`, changes that of the view's `token_scope`.

    Views without `token_scope` need `manage` for changes. Requests in a session may do what their user may do.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return True, or raise `TokenScope` with the scope that is missing."""
        scope = getattr(request.auth, "scope", None)
        needed = Scope.READ if request.method in SAFE_METHODS else getattr(view, "token_scope", Scope.MANAGE)
        if scope is not None and not includes(scope, needed):
            raise TokenScope(
                _("This token has the scope “%(scope)s”; the request needs “%(needed)s”. Use another token.")
                % {"scope": scope, "needed": str(needed)}
            )
        return True
