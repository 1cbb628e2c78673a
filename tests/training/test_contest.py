"""A race's lights, clock, laps, gaps and winner, worked out by hand."""

from __future__ import annotations

import pytest

from racer_desktop.training.contest import HOLD_S, LIGHT_S, LIGHTS, Contest, Phase, Racer

TICK = 0.1
LENGTH = 100.0


def begun(laps: int = 2, racers: tuple[Racer, ...] = (Racer.YOU, Racer.AI)) -> Contest:
    """A race whose lights have just gone out."""
    contest = Contest(racers, LENGTH, TICK, laps)
    while contest.phase is Phase.LIGHTS:
        contest.wait()
    return contest


def drive(contest: Contest, seconds: float, *speeds: float, start: tuple[float, ...] | None = None) -> list[float]:
    """Everybody drives at one speed for so long; where they are then."""
    ways = list(start or [0.0] * len(speeds))
    for _ in range(round(seconds / TICK)):
        ways = [way + speed * TICK for way, speed in zip(ways, speeds, strict=True)]
        contest.advance(ways)
    return ways


def test_lights_come_on_one_by_one_and_go_out_together() -> None:
    contest = Contest((Racer.YOU,), LENGTH, 0.01, 1)
    seen, waited = [contest.view().lights], 0
    while contest.phase is Phase.LIGHTS:
        contest.wait()
        waited += 1
        if contest.view().lights != seen[-1]:
            seen.append(contest.view().lights)
    assert seen == [*range(1, LIGHTS + 1), 0]
    assert waited * 0.01 == pytest.approx(LIGHTS * LIGHT_S + HOLD_S)
    assert contest.clock == 0.0


def test_lap_times_are_taken_between_ticks() -> None:
    contest = begun()
    drive(contest, 25.0, 8.03, 7.0)
    you = contest.view().of(Racer.YOU)
    assert you.laps == pytest.approx((100 / 8.03, 100 / 8.03))
    assert you.time == pytest.approx(200 / 8.03)
    assert sum(you.laps) == pytest.approx(you.time)


@pytest.mark.parametrize(("mine", "theirs", "place"), [(9.0, 8.0, 1), (8.0, 9.0, 2)])
def test_the_faster_one_wins(mine: float, theirs: float, place: int) -> None:
    contest = begun()
    drive(contest, 30.0, mine, theirs)
    view = contest.view()
    assert contest.over
    assert view.phase is Phase.FINISHED
    assert view.place == place
    assert view.of(Racer.AI).gap == pytest.approx(200 / mine - 200 / theirs)


def test_race_is_finished_when_the_person_is_and_the_others_drive_on() -> None:
    contest = begun()
    ways = drive(contest, 21.0, 10.0, 8.0)
    view = contest.view()
    assert view.phase is Phase.FINISHED
    assert not contest.over
    assert view.of(Racer.AI).time is None
    assert view.place == 1
    drive(contest, 6.0, 10.0, 8.0, start=(ways[0], ways[1]))
    assert contest.over
    assert contest.view().of(Racer.AI).time == pytest.approx(25.0)
    assert contest.view().of(Racer.YOU).time == pytest.approx(20.0)


def test_gap_is_the_time_between_two_cars_at_one_place() -> None:
    contest = begun()
    drive(contest, 10.0, 8.0, 10.0)  # I am at 80 m, where the other was after 8 s
    assert contest.view().of(Racer.AI).gap == pytest.approx(2.0)
    contest = begun()
    drive(contest, 10.0, 10.0, 8.0)  # the other is at 80 m, where I was after 8 s
    assert contest.view().of(Racer.AI).gap == pytest.approx(-2.0)
    assert contest.view().of(Racer.YOU).gap is None


def test_nobody_is_ahead_before_they_move() -> None:
    contest = begun()
    drive(contest, 1.0, 0.0, 5.0)
    assert contest.view().of(Racer.AI).gap is None


def test_way_lost_after_a_crash_is_driven_again_without_a_second_lap() -> None:
    contest = begun(3)
    contest.advance([101.0, 50.0])
    contest.advance([90.0, 50.0])
    contest.advance([101.0, 50.0])
    assert len(contest.view().of(Racer.YOU).laps) == 1
    assert contest.view().of(Racer.YOU).lap == 2


def test_the_fastest_lap_is_never_ranked() -> None:
    contest = begun(2, (Racer.YOU, Racer.AI, Racer.FASTEST))
    drive(contest, 30.0, 9.0, 8.0, 20.0)
    view = contest.view()
    assert [s.racer for s in view.standings] == [Racer.FASTEST, Racer.YOU, Racer.AI]
    assert [s.racer for s in view.drivers] == [Racer.YOU, Racer.AI]
    assert view.place == 1


@pytest.mark.parametrize(("racers", "laps"), [((Racer.AI,), 1), ((Racer.YOU, Racer.YOU), 1), ((Racer.YOU,), 0)])
def test_a_race_without_sense_is_refused(racers: tuple[Racer, ...], laps: int) -> None:
    with pytest.raises(ValueError, match="race needs"):
        Contest(racers, LENGTH, TICK, laps)
