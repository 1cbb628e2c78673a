"""Other learners on the same race: SAC, TQC and CrossQ of sbx-rl and SAC of stable-baselines3.

They get what makes them strong here and nothing that makes them weak: the tracks, reward and rules of the program's
own learner, as many cars as serve them best, 4 stacked observations in place of a memory, and their own defaults
otherwise.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax

from racer_desktop.bench import BenchError
from racer_desktop.bench.clock import Clock
from racer_desktop.bench.curves import Curve, Follow, Point
from racer_desktop.bench.examination import Examination
from racer_desktop.config import Config
from racer_desktop.training import compute

if TYPE_CHECKING:
    from racer_desktop.bench.peer_race import PeerRace

CARS = 16
STACK = 4
UPDATES = 8  # after each step of all cars
FOREVER = 2**40  # steps: the clock ends it


@dataclass(frozen=True)
class Peer:
    """Where a learner comes from.

    Attributes:
        module, name: of its class.
    """

    module: str
    name: str


PEERS = {
    "sac": Peer("sbx", "SAC"),
    "tqc": Peer("sbx", "TQC"),
    "crossq": Peer("sbx", "CrossQ"),
    "sb3-sac": Peer("stable_baselines3", "SAC"),
}


def available(agent: str) -> bool:
    """Whether what a peer needs is installed."""
    needed = ("gymnasium", "stable_baselines3", PEERS[agent].module)
    return all(importlib.util.find_spec(module) is not None for module in needed)


def learn(
    agent: str,
    config: Config,
    examination: Examination,
    times: list[float],
    device: compute.Device,
    curve: Curve,
    follow: Follow,
) -> None:
    """Learns as `ours.learn` does, with another learner.

    Args:
        agent: one of `PEERS`.
        config, examination, times, device, curve, follow: see `ours.learn`.

    Raises:
        BenchError: if the learner is not installed.
    """
    if not available(agent):
        raise BenchError(f"{agent} is not installed; install the program with its `bench` extra.")
    from racer_desktop.bench.peer_driver import driver_of, policy_of

    with jax.default_device(device):
        model, race = made(agent, config)
        evaluation = examination.for_driver(driver_of(model))
        ahead = list(times)

        def stepped(*_: object) -> bool:
            seconds = clock.seconds
            if seconds >= ahead[0]:
                jax.block_until_ready(policy_of(model))
                clock.hold()
                while ahead and clock.seconds >= ahead[0]:
                    ahead.pop(0)
                grade = examination.grade(evaluation, policy_of(model))
                updates = int(getattr(model, "_n_updates", 0))
                point = Point(clock.seconds, model.num_timesteps, race.episodes, updates, grade)
                curve.points.append(point)
                curve.compile_s = clock.compile_s
                follow(clock.seconds, point)
                clock.go_on()
            going = follow(seconds, None)
            if not going and ahead:
                curve.note = "stopped"
            return going and bool(ahead)

        with Clock() as clock:
            model.learn(FOREVER, callback=stepped)
        curve.compile_s = clock.compile_s
        model.get_env().close()


def made(agent: str, config: Config, cars: int = CARS) -> tuple[Any, PeerRace]:
    """The learner, and the race that it drives."""
    from racer_desktop.bench.peer_race import PeerRace, stacked

    peer = PEERS[agent]
    race = PeerRace(config, cars)
    model = getattr(importlib.import_module(peer.module), peer.name)(
        "MlpPolicy",
        stacked(race, STACK),
        seed=config.training.seed,
        gradient_steps=UPDATES,
        device="cpu",
    )
    return model, race
