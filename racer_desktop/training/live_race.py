"""What is on the screen: the race, what it is for, and what is shown beside it."""

from __future__ import annotations

import time

import numpy as np

from racer_desktop.agent.state import Policy
from racer_desktop.config import Config
from racer_desktop.sim.track import Track
from racer_desktop.training import compute, structure
from racer_desktop.training.arena import Arena
from racer_desktop.training.duel import Duel, line_up
from racer_desktop.training.fleet_view import FleetView
from racer_desktop.training.learner import Learner
from racer_desktop.training.lookout import Lookout
from racer_desktop.training.occasions import Occasions
from racer_desktop.training.snapshot import Frame, Occasion


class LiveRace:
    """The race on the screen with all that belongs to it; it never waits for the learner.

    Args:
        config: all settings.
        track: the track to drive.

    Attributes:
        arena: the race.
        occasions: what it is for.
        lookout: what is seen beside it.
    """

    def __init__(self, config: Config, track: Track) -> None:
        self._config = config
        self._fleet = FleetView()
        self._show_fleet = True
        self._ticks = 0
        self.arena = Arena(config, compute.arena_device(), track)
        self.occasions = Occasions()
        self.lookout = Lookout()

    def frame(self) -> Frame:
        """The race as it is now."""
        arena, sensors, duel = self.arena, self._config.sensors, self.occasions.duel
        return Frame(
            tick=self._ticks,
            track=arena.track,
            hero=arena.hero,
            ray_angles=np.deg2rad(sensors.ray_angles_deg),
            rays=arena.rays,
            ray_range=sensors.ray_range,
            mode=arena.mode,
            progress=arena.progress,
            lap=arena.laps.number,
            lap_time=arena.lap_time,
            last_lap=arena.laps.last.get(arena.mode),
            best_lap=arena.laps.best.get(arena.mode),
            crashes=arena.crashes,
            halted=arena.halted,
            crash_place=arena.crash_place,
            latent=arena.latent_probs,
            fleet=self._fleet.poses(time.perf_counter()),
            occasion=self.occasions.current,
            contest=duel.view() if duel is not None else None,
            ghosts=duel.ghosts if duel is not None else (),
            fastest=self.lookout.fastest,
            values=self.lookout.values,
            crash_places=self.lookout.crash_places,
        )

    def tick(self) -> float | None:
        """One physics tick; returns the time of a lap that was completed in it by one driver."""
        self._ticks += 1
        return self.occasions.tick(self.arena)

    def exchange(self, learner: Learner) -> None:
        """Polls the learner: hands over what the hero lived through, and takes the newest brain and the fleet."""
        arena, policy = self.arena, learner.policy
        if learner.poll():
            if learner.accepts_rows:
                learner.add_rows(arena.experience.take())
            pose = learner.logbook.pose
            if self._show_fleet and pose is not None and not self._config.track.random_tracks:
                self._fleet.add(pose, time.perf_counter())
        if learner.policy is not None and (learner.policy is not policy or not arena.has_brain):
            arena.set_policy(learner.policy)

    def look_round(self, learner: Learner) -> None:
        """Keeps up what is shown beside the race."""
        self.lookout.poll(self._config, self.arena, learner, self._ticks)

    def show_fleet(self, on: bool) -> None:
        """Whether frames carry the learning cars."""
        self._show_fleet = on
        if not on:
            self._fleet.clear()

    def change_occasion(self, occasion: Occasion, policy: Policy | None, *, learn: bool) -> bool:
        """Goes over to an occasion; see `Occasions.change`.

        Args:
            occasion: the new one.
            policy: the brain to race against, if there is one.
            learn: whether learning is switched on.

        Returns:
            Whether learning is to be switched on now.
        """

        def race() -> Duel:
            return line_up(self._config, compute.arena_device(), self.arena, policy, self.lookout.fastest)

        return self.occasions.change(occasion, self.arena, learn, race)

    def ends_with(self, config: Config) -> bool:
        """Whether a race against others is under way that cannot go on under changed settings."""
        driving = structure.driving(config) != structure.driving(self._config)
        return self.occasions.duel is not None and (driving or self._moves_with(config))

    def adopt(self, config: Config, track: Track) -> None:
        """Takes changed settings that need no new brain.

        Args:
            config: all settings.
            track: the one in them; the hero goes to its start line if it is another one.
        """
        moves = self._moves_with(config)
        self._config = config
        if config.track.random_tracks:
            self._fleet.clear()  # it drives elsewhere from now on
        if moves:
            self.arena.set_track(config, track)
            self._forget_views()
        else:
            self.arena.set_rules(config)

    def begin(self, config: Config, track: Track, person_steps: int) -> None:
        """Begins anew for another experiment; who has the wheel keeps it."""
        mode = self.arena.mode
        self._config = config
        self._forget_views()
        self.arena = Arena(config, compute.arena_device(), track)
        self.arena.person_steps = person_steps
        self.arena.set_mode(mode)

    def _moves_with(self, config: Config) -> bool:
        """Whether the hero's track looks another way under changed settings."""
        return _shown(config) != _shown(self._config)

    def _forget_views(self) -> None:
        """Another track or brain: what was seen of the one before is not true of it."""
        self._fleet.clear()
        self.lookout.forget()


def _shown(config: Config) -> tuple[object, ...]:
    """The settings that decide what the hero's track looks like."""
    return structure.tracks(config.replace(track__random_tracks=False))
