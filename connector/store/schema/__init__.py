"""The tables, for SQLite and PostgreSQL alike. A state machine is a CHECK; what waits has a partial index.

Deliveries live 30 days, event keys and traces 90, events as long as their contact; so they are tables of
their own, and an event names its delivery without a foreign key. An identity names its contact without one
too: it is claimed before the contact is saved, and a contact that never was is simply made under that id.

On PostgreSQL what has an age is parted by months (`connector.store.months`), so the primary keys of `traces`
and `looks` end with their time there. Events live as long as their contact: no month of them is ever over.
"""

from connector.store.schema.arriving import REPLAYABLE, deliveries, fingerprints, habits, hands
from connector.store.schema.asking import cursors
from connector.store.schema.leaving import (
    UNFINISHED,
    ActionStatus,
    accounts,
    actions,
    attempts,
    echoes,
    pauses,
    posts,
)
from connector.store.schema.parts import metadata, status_is
from connector.store.schema.past import event_keys, events, looks, parked, parked_under, snapshots, traces
from connector.store.schema.people import (
    companies,
    company_identities,
    contacts,
    identities,
    looking,
    merges,
    stumbles,
    waiting,
)
from connector.store.schema.published import expectations, mapping_versions, plans, publications, works_beside
from connector.store.schema.rules import failings, held, pardons, results, stops, tallies
from connector.store.schema.sweeping import SweepKind, census, norms, sweeps

__all__ = [
    "REPLAYABLE",
    "UNFINISHED",
    "ActionStatus",
    "SweepKind",
    "accounts",
    "actions",
    "attempts",
    "census",
    "companies",
    "company_identities",
    "contacts",
    "cursors",
    "deliveries",
    "echoes",
    "event_keys",
    "events",
    "expectations",
    "failings",
    "fingerprints",
    "habits",
    "hands",
    "held",
    "identities",
    "looking",
    "looks",
    "mapping_versions",
    "merges",
    "metadata",
    "norms",
    "pardons",
    "parked",
    "parked_under",
    "pauses",
    "plans",
    "posts",
    "publications",
    "results",
    "snapshots",
    "status_is",
    "stops",
    "stumbles",
    "sweeps",
    "tallies",
    "traces",
    "waiting",
    "works_beside",
]
