"""Which account a step acts on: the connection that it names, or the member of a group that fits."""

from __future__ import annotations

from connector.errors import ExpressionFailed
from connector.journey.conditions import Asked, seen
from connector.journey.view import View
from connector.mapping.terms import CannotTell
from connector.model.decision import Answer


def account_of(view: View, name: str) -> str | Asked:
    """The connection that is meant by `name` in this state; else why none can be told."""
    group = view.mapping.groups.get(name)
    if group is None:
        return name
    try:
        member = group.member(view.scope)
    except ExpressionFailed as failure:
        return Asked(Answer.FAILED, str(failure), seen(view, group.choose))
    if isinstance(member, CannotTell):
        return Asked(Answer.CANNOT_TELL, f"{member.path} is missing", seen(view, group.choose))
    return member
