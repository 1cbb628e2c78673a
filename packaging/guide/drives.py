"""What the brains of `school` really do: laps, a crash, and a dream beside what came true. The last module with JAX."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from racer_desktop.agent import world_model
from racer_desktop.agent.distributions import bins, two_hot_mean
from racer_desktop.agent.dreamer import Dreamer
from racer_desktop.agent.state import AgentState
from racer_desktop.agent.world_model import Latent
from racer_desktop.config import Config
from racer_desktop.sim.track import generate
from racer_desktop.training import compute, saved
from racer_desktop.training.arena import Arena
from racer_desktop.training.judge import judge
from racer_desktop.training.programs import new_dreamer
from racer_desktop.training.session import Session
from racer_desktop.training.snapshot import Frame, History
from racer_desktop.training.telemetry import Telemetry
from racer_desktop.training.trial import Choice, TrackResult, Trial

DREAMS = 12  # imagined futures of one moment
PATIENCE = 600.0  # s for what is made beside the race: the brain, the fastest lap
BEGUN = 10  # decisions from a start until the brain has looked around


@dataclass(frozen=True)
class Race:
    """A drive as the window would show it.

    Attributes:
        frames: one for each physics tick; a lap that was completed is the end.
        telemetry: of the same drive.
    """

    frames: list[Frame]
    telemetry: Telemetry


@dataclass(frozen=True)
class Life:
    """One episode, decision by decision; row 0 is its start.

    Attributes:
        step: time between two rows, s.
        observation: [N, R + 1] what was seen: rays and speed as shares of their greatest values.
        action: [N, A] what led to each row.
        reward: [N] received with each row.
        deter, stoch: [N, ...] the brain's state after each row.
        belief: [N, G, C] probabilities of the latent state.
        rebuilt: [N, R + 1] what the brain says it saw, from the state alone.
        value: [N] the return that the critic expects from each row on.
        discount: factor per step.
        crashed: whether it ended in a crash.
    """

    step: float
    observation: np.ndarray
    action: np.ndarray
    reward: np.ndarray
    deter: np.ndarray
    stoch: np.ndarray
    belief: np.ndarray
    rebuilt: np.ndarray
    value: np.ndarray
    discount: float
    crashed: bool

    @property
    def returns(self) -> np.ndarray:
        """[N] the discounted sum of all rewards that really came after each row."""
        found, later = np.zeros(len(self.reward)), 0.0
        for row in range(len(self.reward) - 2, -1, -1):
            later = float(self.reward[row + 1]) + self.discount * later
            found[row] = later
        return found


@dataclass(frozen=True)
class Dream:
    """What a brain expects with its eyes shut, beside what came.

    Attributes:
        begin: row of the life at which the eyes are shut.
        imagined: [H + 1, D, R + 1] observations that it expects in D dreams; row 0 is `begin` itself.
    """

    begin: int
    imagined: np.ndarray


def unseen_track(file: Path, seeds: Sequence[int]) -> int:
    """The first unseen track that a brain drives to the end, or the one on which it gets farthest."""
    results = judge(file, Trial(seeds=seeds), Choice.NEWEST)
    best = max(
        range(len(results)), key=lambda k: (results[k].finished, 0.0 if results[k].finished else results[k].distance)
    )
    return seeds[best]


def stages(files: Sequence[Path], seed: int) -> list[TrackResult]:
    """What each brain does on one unseen track."""
    return [judge(file, Trial(seeds=(seed,)), Choice.NEWEST)[0] for file in files]


def history(file: Path) -> History:
    """What was recorded while the brain learned."""
    return saved.opened(file, compute.learner_device("cpu")).metrics.history()


def race(file: Path, seed: int, seconds: float) -> Race:
    """Lets a brain drive in a real session until a lap is complete, with everything that the window could show.

    Args:
        file: the brain.
        seed: of the track.
        seconds: to drive at most.
    """
    passed = tempfile.TemporaryDirectory()  # for the milestones that the drive passes; nobody needs them
    session = Session(Config(), device="cpu", checkpoints=Path(passed.name))
    try:
        session.load(file)
        session.new_track(seed)
        until = time.monotonic() + PATIENCE
        while (frame := session.frame()).fastest is None or frame.latent is None:
            session.tick()
            if time.monotonic() > until:
                raise TimeoutError("Brain and fastest lap did not come.")
        session.reset()
        frames: list[Frame] = []
        most = round(seconds / session.config.race.tick)
        while len(frames) < most and (not frames or frames[-1].lap < 2):
            session.tick()
            frames.append(session.frame())
        return Race(frames, session.telemetry())
    finally:
        session.close()
        passed.cleanup()


def life(file: Path, seed: int, seconds: float, *, crash: bool) -> Life:
    """The first episode of a brain on a track, with what goes on in the brain.

    Args:
        file: the brain.
        seed: of the track.
        seconds: of the episode that are kept at most: its end if it crashed, else its begin.
        crash: whether an episode is wanted that ends in a crash; others are then passed over.

    Raises:
        ValueError: if the brain does not crash within ten such times.
    """
    experiment = saved.opened(file, compute.learner_device("cpu"))
    config, agent = experiment.config, experiment.learner.trainer.state.agent
    experiment.learner.close()
    arena = Arena(config, compute.arena_device(), generate(seed, config.track, config.car.half_width))
    arena.set_policy(agent.average)
    ticks = round(seconds / config.race.tick)
    for tick in range(10 * ticks):
        arena.tick()
        if arena.crashes if crash else tick > ticks:
            break
    else:
        raise ValueError(f"{file.name} did not crash on track {seed}.")
    step = config.race.tick * config.race.ticks_per_step
    return _remembered(config, agent, arena.experience.take(), step, round(seconds / step))


def _remembered(config: Config, agent: AgentState, rows: np.ndarray, step: float, most: int) -> Life:
    """A life from replay rows: the brain looks at all of it again, and tells what it thinks."""
    dreamer = new_dreamer(config)
    last = np.flatnonzero(rows[1:, -2])  # what comes after the crash is another episode
    rows = rows[: last[0] + 1] if len(last) else rows
    observation, action, (reward, first, terminal) = (
        rows[:, : dreamer.observation],
        rows[:, dreamer.observation : -3],
        rows[:, -3:].T,
    )
    latents, belief = _looked(dreamer, agent, observation, action, first)
    rebuilt = world_model.rebuilt(dreamer.networks, dreamer.config, agent.average.world, latents.feature)
    value = two_hot_mean(dreamer.critic.apply(agent.critic, latents.feature), bins(config.agent.bins))
    crashed = bool(terminal[-1])
    kept = slice(-most, None) if crashed else slice(0, most)
    lived: tuple[np.ndarray, ...] = jax.tree.map(
        lambda column: np.asarray(column)[kept],
        (observation, action, reward, latents.deter, latents.stoch, belief, rebuilt, value),
    )
    seen, done, earned, deter, stoch, believed, told, valued = lived
    discount = world_model.discount(config.agent)
    return Life(step, seen, done, earned, deter, stoch, believed, told, valued, discount, crashed)


def _looked(
    dreamer: Dreamer, agent: AgentState, observation: np.ndarray, action: np.ndarray, first: np.ndarray
) -> tuple[Latent, jax.Array]:
    """The brain's states [N, ...] and beliefs [N, G, C] over one episode."""
    networks, config, params = dreamer.networks, dreamer.config, agent.average.world
    embedded = networks.embed(params, world_model.sensed(config, jnp.asarray(observation)))
    pushed = world_model.pushed_actions(networks, params, jnp.asarray(action), jnp.asarray(first))
    noise = jax.random.uniform(jax.random.PRNGKey(0), (len(first), 1, config.groups))

    def body(latent: Latent, inputs: tuple[jax.Array, ...]) -> tuple[Latent, tuple[Latent, jax.Array]]:
        latent, logits = world_model.step_posterior(networks, config, params, latent, *inputs)
        return latent, (latent, logits)

    each = (pushed[:, None], embedded[:, None], jnp.asarray(first)[:, None], noise)
    _, (latents, logits) = jax.lax.scan(body, dreamer.start(1), each)
    return jax.tree.map(lambda x: x[:, 0], latents), jnp.exp(logits[:, 0])


def dream(file: Path, lived: Life, ray: int) -> Dream:
    """Dreams of the moment from which most happens to one ray: the real actions, and no more observations.

    Args:
        file: the brain that lived this life.
        lived: what really came.
        ray: index of the ray.
    """
    experiment = saved.opened(file, compute.learner_device("cpu"))
    config, agent = experiment.config, experiment.learner.trainer.state.agent
    experiment.learner.close()
    dreamer, params, horizon = new_dreamer(config), agent.average.world, config.agent.horizon
    starts = range(BEGUN, len(lived.reward) - horizon)
    begin = max(starts, key=lambda row: float(np.std(lived.observation[row : row + horizon + 1, ray])))
    start = Latent(*(jnp.repeat(jnp.asarray(x[begin])[None], DREAMS, axis=0) for x in (lived.deter, lived.stoch)))
    noise = jax.random.uniform(jax.random.PRNGKey(1), (horizon, DREAMS, config.agent.groups))
    actions = jnp.asarray(lived.action[begin + 1 : begin + 1 + horizon])

    def body(latent: Latent, inputs: tuple[jax.Array, jax.Array]) -> tuple[Latent, jax.Array]:
        action, uniform = inputs
        repeated = jnp.repeat(action[None], DREAMS, axis=0)
        latent = world_model.step_prior(dreamer.networks, dreamer.config, params, latent, repeated, uniform)
        return latent, latent.feature

    _, features = jax.lax.scan(body, start, (actions, noise))
    features = jnp.concatenate([start.feature[None], features])
    return Dream(begin, np.asarray(world_model.rebuilt(dreamer.networks, dreamer.config, params, features)))
