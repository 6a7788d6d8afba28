"""Entering and leaving what has no event of its own: segments, cells, the bounds of scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from connector.journey import marks
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.mapping.rules import CellEntered, Occasion, ScoreCrosses, SegmentEntered
from connector.mapping.scoring import Axis, Cell, Grid, Points, Score
from connector.model.contact import Contact, Mark, Point, Stated
from tests.journey.build import HERE, NOON, event, mapping, step, trigger

DAY = timedelta(days=1)
WARMTH = Score(
    "warmth",
    (Points(frozenset({"email.opened"}), Decimal(5), None, HERE),),
    timedelta(days=10),
    None,
    None,
    HERE,
)
FIT = Score("fit", (), None, None, None, HERE)
GRID = Grid(
    (
        Axis("warmth", (("low", Decimal(0)), ("hot", Decimal(40)))),
        Axis("fit", (("poor", Decimal(0)),)),
    ),
    {"hot/poor": Cell("hot/poor", "call", (step(),), HERE), "low/poor": Cell("low/poor", "", (), HERE)},
)
NEW, OLD = Contact("01", NOON), Contact("01", NOON, fields={"points": Stated(5, NOON)})
POOR = replace(NEW, fields={"points": Stated(1, NOON)})


def listening(*occasions: Occasion, grid: Grid | None = None) -> Mapping:
    rule = trigger("rule", occasions=occasions)
    known = mapping(rule, segments={"loyal": "contact.points >= 3"})
    return replace(known, scores={"warmth": WARMTH, "fit": FIT}, grid=grid)


def view(known: Mapping, contact: Contact, now: datetime = NOON) -> View:
    return View(known, contact, event("page.viewed"), now)


def warm(points: int, at: datetime = NOON) -> Contact:
    return replace(NEW, points={"warmth": (Point(1, Decimal(points), at, "e"),)})


LOYAL = listening(SegmentEntered("loyal"))


def test_who_comes_to_belong_to_a_segment_enters_it() -> None:
    looked = marks.look(view(LOYAL, OLD), view(LOYAL, POOR))

    assert [one.key for one in looked.entered] == ["segment:loyal:1"]
    assert looked.contact.marks == {"segment:loyal": Mark(True, NOON)}


def test_who_was_in_before_a_rule_listened_is_marked_and_nothing_follows() -> None:
    looked = marks.look(view(LOYAL, OLD), view(LOYAL, OLD))

    assert looked.entered == ()
    assert looked.contact.marks == {"segment:loyal": Mark(True, NOON)}


def test_what_cannot_be_told_leaves_the_mark_as_it_is() -> None:
    marked = replace(NEW, marks={"segment:loyal": Mark(True, NOON, 4)})

    assert marks.look(view(LOYAL, marked), None).contact is marked
    assert marks.look(view(LOYAL, NEW), view(LOYAL, NEW)).contact.marks == {}


def test_the_second_entry_is_another_one() -> None:
    marked = replace(OLD, marks={"segment:loyal": Mark(True, NOON)})
    left = marks.look(view(LOYAL, replace(marked, fields=POOR.fields)), None).contact

    looked = marks.look(view(LOYAL, replace(left, fields=OLD.fields)), None)

    assert left.marks == {"segment:loyal": Mark(False, NOON)}
    assert [one.key for one in looked.entered] == ["segment:loyal:2"]


def test_a_score_above_a_bound_is_entered_and_its_trigger_follows() -> None:
    known = listening(ScoreCrosses("warmth", above=Decimal(40)))

    (entered,) = marks.look(view(known, warm(41)), view(known, warm(40))).entered

    assert entered.key == "score:warmth>40:1"
    assert [one.name for one in marks.followers(known, entered)] == ["rule"]


def test_only_the_cells_are_watched_that_something_follows_from() -> None:
    acting, asked = listening(grid=GRID), listening(CellEntered("low/poor"), grid=GRID)

    assert marks.look(view(acting, warm(50)), view(acting, NEW)).contact.marks.keys() == {"grid:hot/poor"}
    assert marks.look(view(asked, warm(50)), view(asked, NEW)).contact.marks.keys() == {
        "grid:hot/poor",
        "grid:low/poor",
    }


def test_whoever_has_no_points_is_in_no_cell_that_only_points_lead_to() -> None:
    only_hot, low_too = listening(grid=GRID), listening(CellEntered("low/poor"), grid=GRID)

    assert (only_hot.watch.leads_on, low_too.watch.leads_on) == ("warmth", None)
    assert marks.look(view(only_hot, NEW), view(only_hot, NEW)).contact.marks == {
        "grid:hot/poor": Mark(False, NOON, 0)
    }
    assert marks.look(view(low_too, NEW), view(low_too, NEW)).contact.marks == {
        "grid:hot/poor": Mark(False, NOON, 0),
        "grid:low/poor": Mark(True, NOON),
    }


def test_without_a_rule_that_listens_nothing_is_looked_at() -> None:
    looking = view(listening(), warm(50))

    assert marks.look(looking, None).contact is looking.contact
    assert looking._scope is None


def test_the_moment_at_which_a_score_fades_below_a_bound_is_foreseen() -> None:
    known = listening(ScoreCrosses("warmth", below=Decimal(40)))
    marked = marks.look(view(known, warm(80)), view(known, warm(80))).contact

    at = marks.next_crossing(view(known, marked))

    assert at is not None
    assert NOON + 10 * DAY < at < NOON + 10 * DAY + timedelta(hours=1)
    looked = marks.look(view(known, marked, at), None)
    assert [one.key for one in looked.entered] == ["score:warmth<40:1"]
    assert marks.next_crossing(view(known, looked.contact, at)) is None


def test_the_moment_at_which_a_cell_is_left_by_fading_is_foreseen() -> None:
    known = listening(grid=GRID)

    at = marks.next_crossing(view(known, warm(80)))

    assert at is not None
    assert abs(at - (NOON + 10 * DAY)) < timedelta(hours=1)


def test_a_bound_that_was_crossed_while_nobody_looked_is_due_now() -> None:
    known = listening(ScoreCrosses("warmth", below=Decimal(40)))
    marked = marks.look(view(known, warm(80)), view(known, warm(80))).contact

    assert marks.next_crossing(view(known, marked, NOON + 11 * DAY)) == NOON + 11 * DAY
