"""Which track the settings choose."""

from __future__ import annotations

from pathlib import Path

import pytest

from racer_desktop.config import Circuit, Config
from racer_desktop.sim import circuits
from racer_desktop.sim.chosen import chosen_track
from racer_desktop.sim.circuits import CircuitError
from racer_desktop.sim.track import TrackError, generate


@pytest.fixture
def circuit(tmp_path: Path) -> Circuit:
    circuits.write(tmp_path / "Seven.csv", generate(7, Config().track))
    return circuits.opened(tmp_path / "Seven.csv")[0]


def test_a_circuit_takes_the_place_of_the_generated_track(circuit: Circuit):
    config = Config()
    assert chosen_track(config) is generate(42, config.track, config.car.half_width)
    there = chosen_track(config.on(circuit))
    assert there is chosen_track(config.replace(track__seed=1, car__grip=11.0).on(circuit))
    assert there.centre == pytest.approx(generate(7, config.track).centre, abs=1e-3)
    assert len(there.obstacles) == 5


def test_a_circuit_too_narrow_for_the_car_is_refused(circuit: Circuit):
    narrow = Circuit("Alley", circuit.text.replace(",6.000000,6.000000", ",1.600000,1.600000"))
    narrow = Circuit("Alley", "\n".join(line for line in narrow.text.splitlines() if "obstacle" not in line))
    assert float(chosen_track(Config().on(narrow)).half_width.min()) == pytest.approx(1.6)
    with pytest.raises(TrackError, match=r"Alley is 3\.2 m wide at its narrowest and the car 2\.4 m; make the car"):
        chosen_track(Config().replace(car__half_width=1.2).on(narrow))


def test_a_damaged_circuit_is_refused_by_its_name(circuit: Circuit):
    with pytest.raises(CircuitError, match=r"^The circuit Seven: it has 0 different points"):
        chosen_track(Config().on(Circuit("Seven", "")))
    text = circuit.text.splitlines()
    text[20] = "a,b,c,d"
    with pytest.raises(CircuitError, match=r"^The circuit Seven: line 21: 'a' is not a number"):
        chosen_track(Config().on(Circuit("Seven", "\n".join(text))))
