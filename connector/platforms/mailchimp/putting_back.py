"""Gives merge fields back what rules of ours had written before: Mailchimp keeps no history of them.

What `loods undo` asks for; no rule can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from connector.model.action import ActionSpec, Kind
from connector.platforms.alike import is_alike
from connector.platforms.base import Addressee, Done
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.arguments import FieldWritten, MergeTag, UpdateMember
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import Members, as_proven, member_id
from connector.platforms.mailchimp.reading import GONE
from connector.platforms.mailchimp.shop_arguments import Arguments
from connector.platforms.mailchimp.values import FieldValue
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.undoing import LANGUAGE, PUT_BACK


class Written(BaseModel):
    """The values that rules wrote, the first of them decided at that moment, and what a rule had before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: tuple[FieldValue, ...] = Field(min_length=1)
    since: AwareDatetime
    was: FieldWritten


class PutBack(Arguments):
    """Gives merge fields the values back that rules had written before; those that hold another stay so."""

    of: Annotated[str, Field(pattern="^member$")]
    fields: Mapping[MergeTag, Written] = Field(min_length=1)


SPEC: Final = ActionSpec("mailchimp", PUT_BACK, PutBack, Kind.INTERNAL, is_idempotent=True)

NOT_THERE: Final = Done(note="they are not in the audience, so that nothing is to be put back")


class PuttingBack:
    """Puts back what members held."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members) -> None:
        self._client, self._audience, self._members = client, audience, members

    def run(self, addressee: Addressee, wanted: PutBack) -> Done:
        """Put back what still is as it was written. Raises a DispatchError.

        Nobody is put into the audience for it, nor brought back from the archive.
        """
        with preparing():
            found = self._member(addressee)
            if found.get("status") in GONE:
                return NOT_THERE
            others = {
                name: one for name, one in wanted.fields.items() if not self._holds(name, [one.was], found)
            }
            back = {name: one.was for name, one in others.items() if self._holds(name, one.values, found)}
        left = ", ".join(sorted(others.keys() - back.keys()))
        note = f"{left} is not as it was written any more, and stays as it is" if left else ""
        if back and not self._put(addressee, back):
            return NOT_THERE
        return Done(note=note)

    def _put(self, addressee: Addressee, back: Mapping[str, FieldValue]) -> bool:
        """Write it; whether they are there still."""
        fields = {name: one for name, one in back.items() if name != LANGUAGE}
        wanted = UpdateMember.model_validate({"fields": fields, "language": back.get(LANGUAGE)})
        body = self._members.written(wanted)
        answer = self._client.sdk.lists.update_list_member(
            self._audience.id, member_id(addressee), body, skip_merge_validation=True
        )
        if is_absent(answer):
            return False
        found = proven(answer)
        if found.get("id") != member_id(addressee):
            raise unproven(answer, f"no member {member_id(addressee)}")
        as_proven(found, body)
        return True

    def _member(self, addressee: Addressee) -> Mapping[str, Any]:
        answer = self._client.sdk.lists.get_list_member(
            self._audience.id, member_id(addressee), fields=["id", "status", "merge_fields", "language"]
        )
        return {} if is_absent(answer) else proven(answer)

    def _holds(self, name: str, values: Iterable[FieldValue], found: Mapping[str, Any]) -> bool:
        """Whether one of these values stands there."""
        held = found.get("language")
        if name != LANGUAGE:
            fields = found.get("merge_fields")
            held = fields.get(name) if isinstance(fields, dict) else None
        return any(is_alike(self._texts(name, one), held) for one in values)

    def _texts(self, name: str, value: FieldValue) -> Any:
        if name == LANGUAGE:
            return value
        return self._members.written(UpdateMember(fields={name: value}))["merge_fields"][name]
