"""The track that the settings choose: a generated one, or a circuit in its place."""

from __future__ import annotations

from racer_desktop.config import Config
from racer_desktop.sim.circuits import track_of
from racer_desktop.sim.track import Track, TrackError, generate

ROOM = 0.5  # m that a circuit leaves beside the car at least


def chosen_track(config: Config) -> Track:
    """The track of the hero car, on which also everybody learns who does not learn on random tracks.

    Returns:
        The same object for the same settings.

    Raises:
        TrackError: if the settings allow no drivable track.
        CircuitError: if the circuit in them is damaged.
    """
    if config.circuit is None:
        return generate(config.track.seed, config.track, config.car.half_width)
    track = track_of(config.circuit)
    narrowest = float(track.half_width.min())
    if narrowest < config.car.half_width + ROOM:
        raise TrackError(
            f"{config.circuit.name} is {2 * narrowest:.1f} m wide at its narrowest and the car "
            f"{2 * config.car.half_width:.1f} m; make the car narrower (its setting Half width) or the circuit wider."
        )
    return track
