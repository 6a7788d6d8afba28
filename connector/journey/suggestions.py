"""What a trigger may suggest: the products that it names, less what the contact owns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connector.errors import ExpressionFailed
from connector.journey.conditions import Asked
from connector.journey.view import View
from connector.mapping.rules import Trigger
from connector.model.decision import Answer
from connector.model.values import Value


def with_suggestions(view: View, trigger: Trigger) -> View | Asked:
    """The view in which `suggested` is what is left; or that nothing is, which holds the run back."""
    if trigger.suggest is None:
        return view
    try:
        named = trigger.suggest(view.scope)
    except ExpressionFailed as failure:
        return Asked(Answer.FAILED, str(failure))
    products = named if isinstance(named, Sequence) and not isinstance(named, str) else ()
    owned = frozenset(view.contact.owned)
    left = [one for one in products if not owned & _names(one)]
    if not left:
        why = "all of it is owned" if products else f"{trigger.suggest.text} names nothing"
        return Asked(Answer.NOTHING_LEFT, why)
    return replace(view, names={**view.names, "suggested": left})


def _names(product: Value) -> set[str]:
    """The names under which a product may be owned; a text is one itself."""
    if isinstance(product, Mapping):
        return {str(one) for key in ("id", "sku", "product") if (one := product.get(key))}
    return {str(product)}
