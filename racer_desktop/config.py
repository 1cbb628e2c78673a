"""Every setting of the program: frozen dataclasses with units, limits and help.

A setting is one dataclass field whose metadata (`Setting`) says everything a person or a panel needs:
name, unit, limits, choices, help, and whether a running experiment takes the new value at once
(`live`) or needs a new brain (`not live`). The settings panel, the configuration guide, validation and
the JSON in `.racer` files are all made from that metadata, so a new field needs no other code.

SI units throughout; angles in radians unless the field's name ends in `_deg`.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Self

MOST_OBSTACLES = 12  # discs on a track; every track has room for so many, so that their number can change live


class ConfigError(ValueError):
    """A setting is unknown, of the wrong type or out of its limits; the message names it."""


@dataclass(frozen=True)
class Setting:
    """What a person needs to know about one field.

    Attributes:
        name: short label.
        help: one or two sentences for the tooltip and the guide.
        low, high: inclusive limits of a number, or of each number of a tuple.
        unit: SI unit or "" for a pure number.
        choices: the allowed strings of a text setting.
        live: True if a running experiment takes the change without a new brain.
    """

    name: str
    help: str
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    choices: tuple[str, ...] = ()
    live: bool = True


def setting(default: Any, name: str, help: str, **about: Any) -> Any:  # noqa: A002 - the field's own word
    """A dataclass field that carries its `Setting` as metadata under the key "setting"."""
    return field(default=default, metadata={"setting": Setting(name, help, **about)})


@dataclass(frozen=True)
class Section:
    """A group of settings; validated when made.

    Raises:
        ConfigError: if a value has the wrong type or lies outside its limits.
    """

    def __post_init__(self) -> None:
        for name, about, value in self.settings():
            object.__setattr__(self, name, _checked(f"{type(self).__name__}.{name}", about, value))

    def settings(self) -> Iterator[tuple[str, Setting, Any]]:
        """Yields (field name, its `Setting`, its value) in the order of definition."""
        for f in fields(self):
            yield f.name, f.metadata["setting"], getattr(self, f.name)


@dataclass(frozen=True)
class Circuit:
    """A circuit that is driven in place of a generated track; kept whole, so that its file may go.

    Attributes:
        name: what to call it.
        text: the circuit as a circuit file's text, see `sim.circuits`.
    """

    name: str
    text: str


@dataclass(frozen=True)
class TrackConfig(Section):
    """Which tracks are driven and how they are made."""

    seed: int = setting(42, "Track seed", "The same seed gives the same track everywhere.", low=0, high=2**31 - 1)
    random_tracks: bool = setting(
        False, "Random tracks", "Train on many generated tracks instead of one: slower to start, but drives anywhere."
    )
    pool: int = setting(
        64,
        "Tracks at a time",
        "How many generated tracks are in use at once when training on random tracks.",
        low=1,
        high=1024,
        live=False,
    )
    refresh_updates: int = setting(
        100,
        "New track every",
        "After how many updates one track of the pool is replaced by a fresh one.",
        low=1,
        high=1_000_000,
        unit="updates",
    )
    curriculum: bool = setting(
        False,
        "Curriculum",
        "Random tracks begin as ovals without discs and become as hard as is set here, the longer the learning cars "
        "drive without a crash.",
    )
    half_width: float = setting(6.0, "Half width", "From the centre line to each edge.", low=3.0, high=15.0, unit="m")
    obstacles: int = setting(
        5, "Obstacles", "Yellow discs on the track; hitting one ends the episode.", low=0, high=MOST_OBSTACLES
    )
    obstacle_radius: float = setting(1.5, "Obstacle radius", "Radius of a disc.", low=0.5, high=3.0, unit="m")
    difficulty: float = setting(0.5, "Difficulty", "0 is an oval, 1 is twisty and narrow.", low=0.0, high=1.0)
    points: int = setting(
        256, "Points", "Number of points of a generated centre line, equally spaced.", low=64, high=4096, live=False
    )


@dataclass(frozen=True)
class CarConfig(Section):
    """The car: a kinematic bicycle inside a friction circle."""

    wheelbase: float = setting(2.6, "Wheelbase", "Distance between the axles.", low=1.0, high=6.0, unit="m")
    max_steering: float = setting(
        0.5, "Steering angle", "Largest angle of the front wheels.", low=0.1, high=1.0, unit="rad"
    )
    steering_rate: float = setting(3.0, "Steering rate", "How fast the wheels turn.", low=0.5, high=20.0, unit="rad/s")
    engine_acceleration: float = setting(
        8.0, "Engine", "Largest acceleration at low speed.", low=1.0, high=30.0, unit="m/s2"
    )
    engine_power: float = setting(
        80.0, "Power", "Power per mass: limits the acceleration at speed.", low=5.0, high=500.0, unit="W/kg"
    )
    braking: float = setting(10.0, "Brakes", "Largest braking deceleration.", low=1.0, high=30.0, unit="m/s2")
    drag: float = setting(
        0.002, "Drag", "Deceleration by air: this times speed squared.", low=0.0, high=0.05, unit="1/m"
    )
    grip: float = setting(
        10.0, "Grip", "mu*g: what the tyres can give, braking and cornering together.", low=2.0, high=40.0, unit="m/s2"
    )
    max_speed: float = setting(
        30.0, "Top speed", "Also the scale of the speed sensor.", low=5.0, high=100.0, unit="m/s"
    )
    half_width: float = setting(0.9, "Half width", "For the edges of the track.", low=0.3, high=2.0, unit="m")
    radius: float = setting(1.0, "Radius", "For touching discs.", low=0.3, high=3.0, unit="m")


@dataclass(frozen=True)
class SensorConfig(Section):
    """What the agent sees: distance rays and the speed."""

    ray_angles_deg: tuple[float, ...] = setting(
        (-45.0, -22.5, 0.0, 22.5, 45.0),
        "Ray angles",
        "Direction of each distance ray, positive to the left.",
        low=-180.0,
        high=180.0,
        unit="deg",
        live=False,
    )
    ray_range: float = setting(45.0, "Ray range", "How far a ray sees.", low=5.0, high=200.0, unit="m", live=False)


@dataclass(frozen=True)
class RewardConfig(Section):
    """Weights of the reward's terms. Standing still never pays."""

    speed: float = setting(5.0, "Speed", "Per second at top speed along the track.", low=0.0, high=100.0)
    gate: float = setting(0.0, "Gate", "For each progress gate reached for the first time.", low=0.0, high=100.0)
    gates: int = setting(20, "Gates", "Progress gates per lap.", low=1, high=200)
    time_bonus: float = setting(
        0.0, "Time bonus", "At most this for each gate, the more the faster it was reached.", low=0.0, high=100.0
    )
    survival: float = setting(0.0, "Survival", "For each environment step.", low=0.0, high=10.0)
    crash: float = setting(
        -20.0, "Crash", "For leaving the track, hitting a disc or making no progress.", low=-1000.0, high=0.0
    )


@dataclass(frozen=True)
class RaceConfig(Section):
    """Clocks and endings of an episode, and how long a race against the AI is."""

    tick: float = setting(
        1 / 60, "Physics tick", "Time step of the physics.", low=0.001, high=0.05, unit="s", live=False
    )
    ticks_per_step: int = setting(
        4,
        "Ticks per decision",
        "The agent decides once in this many ticks; its action is held.",
        low=1,
        high=30,
        live=False,
    )
    time_limit: float = setting(60.0, "Time limit", "Longest training episode.", low=5.0, high=3600.0, unit="s")
    stall_time: float = setting(
        3.0, "Patience", "An episode without progress for this long ends as a crash.", low=0.5, high=60.0, unit="s"
    )
    start_speed: float = setting(
        20.0, "Start speed", "Training episodes start with up to this speed.", low=0.0, high=30.0, unit="m/s"
    )
    laps: int = setting(
        3,
        "Race laps",
        "How many laps a race against the AI goes over; one that is under way keeps its length.",
        low=1,
        high=99,
        unit="laps",
    )


@dataclass(frozen=True)
class AgentConfig(Section):
    """DreamerV3: sizes, losses and optimiser (arXiv 2301.04104v2)."""

    deter: int = setting(128, "Deterministic state", "Units of the recurrent state.", low=8, high=4096, live=False)
    groups: int = setting(
        16, "Latent groups", "Categorical variables of the stochastic state.", low=1, high=64, live=False
    )
    classes: int = setting(8, "Latent classes", "Classes of each categorical variable.", low=2, high=64, live=False)
    units: int = setting(96, "Hidden units", "Width of every hidden layer.", low=8, high=4096, live=False)
    layers: int = setting(2, "Hidden layers", "Depth of actor and critic.", low=1, high=5, live=False)
    bins: int = setting(63, "Bins", "Bins of the two-hot reward and value heads.", low=11, high=255, live=False)
    unimix: float = setting(
        0.01, "Uniform mix", "Share of a uniform distribution in every categorical.", low=0.0, high=0.5, live=False
    )
    free_nats: float = setting(1.0, "Free nats", "KL below this is not minimised.", low=0.0, high=10.0, live=False)
    dynamics_scale: float = setting(1.0, "Dynamics loss", "Weight of the prior's KL.", low=0.0, high=10.0, live=False)
    representation_scale: float = setting(
        0.02,
        "Representation loss",
        "Weight of the posterior's KL; less lets it take in more of what was not expected, such as a disc in sight.",
        low=0.0,
        high=10.0,
        live=False,
    )
    reconstruction_scale: float = setting(
        30.0,
        "Reconstruction loss",
        "Weight of predicting the sensors; more lets the latent state carry finer detail.",
        low=0.0,
        high=1000.0,
        live=False,
    )
    sensor_scale: float = setting(
        5.0,
        "Sensor scale",
        "Factor of the sensors before they are squeezed; more resolves what is near finer than what is far.",
        low=0.1,
        high=100.0,
        live=False,
    )
    horizon: int = setting(
        15, "Imagination", "Imagined steps from each start.", low=2, high=50, unit="steps", live=False
    )
    imagination_starts: int = setting(
        32, "Imagined starts", "How many of a batch's states imagination starts from.", low=8, high=8192, live=False
    )
    discount_horizon: float = setting(
        100.0,
        "Discount horizon",
        "Rewards this far ahead count about a third.",
        low=5.0,
        high=5000.0,
        unit="steps",
        live=False,
    )
    lambda_: float = setting(0.8, "Lambda", "Mix of long and short returns.", low=0.0, high=1.0, live=False)
    entropy: float = setting(3e-4, "Entropy", "Reward for trying different actions.", low=0.0, high=1.0, live=False)
    min_std: float = setting(
        0.2,
        "Least spread",
        "The policy's actions always vary at least this much while learning.",
        low=0.01,
        high=0.9,
        live=False,
    )
    steering_curve: float = setting(
        2.0,
        "Steering curve",
        "Exponent from what the policy asks for to how far it turns the wheels: above 1 it steers finer about straight "
        "ahead, where at speed a tenth of the lock takes all the grip.",
        low=1.0,
        high=5.0,
        live=False,
    )
    smoothness: float = setting(
        0.1,
        "Smoothness",
        "What the policy pays for changing its mean action from one step to the next.",
        low=0.0,
        high=10.0,
        live=False,
    )
    reinforce: float = setting(
        0.0,
        "REINFORCE share",
        "The policy learns by luck (1, as in DreamerV3), by the world model's own slope (0), or by both.",
        low=0.0,
        high=1.0,
        live=False,
    )
    return_rate: float = setting(
        0.01, "Return range rate", "Rate of the return's percentile average.", low=1e-4, high=1.0, live=False
    )
    slow_critic_rate: float = setting(
        0.1, "Slow critic rate", "Rate at which the slow critic follows.", low=1e-4, high=1.0, live=False
    )
    slow_critic_scale: float = setting(
        1.0, "Slow critic loss", "Weight that holds the critic near the slow one.", low=0.0, high=10.0, live=False
    )
    replay_value_scale: float = setting(
        1.0, "Replay value loss", "Weight of the critic's loss on real steps.", low=0.0, high=10.0, live=False
    )
    learning_rate: float = setting(1e-3, "Learning rate", "Of world model and critic.", low=1e-6, high=0.1, live=False)
    actor_rate: float = setting(
        1.0, "Actor's rate", "The actor's learning rate as a share of the others'.", low=0.01, high=10.0, live=False
    )
    warmup: int = setting(
        100, "Warm-up", "Updates until the full learning rate.", low=0, high=100_000, unit="updates", live=False
    )
    rate_decay: float = setting(
        1000.0,
        "Rate decay",
        "After so many updates the learning rate has fallen to 0.7, after three times as many to half.",
        low=10.0,
        high=1e12,
        unit="updates",
        live=False,
    )
    gradient_clip: float = setting(
        0.3,
        "Gradient clip",
        "Largest gradient norm relative to the weights' norm (AGC).",
        low=0.01,
        high=100.0,
        live=False,
    )
    average: float = setting(
        0.9995,
        "Weight average",
        "Decay of the running average of the weights that drives the car, once it has grown to its full length; 0 "
        "drives the newest.",
        low=0.0,
        high=0.9999,
        live=False,
    )


@dataclass(frozen=True)
class TrainingConfig(Section):
    """Collecting experience and updating."""

    seed: int = setting(
        0, "Seed", "The same seed, settings and device give the same result.", low=0, high=2**31 - 1, live=False
    )
    cars: int = setting(32, "Cars", "Cars that collect experience side by side.", low=1, high=65_536, live=False)
    steps_per_update: int = setting(
        2,
        "Steps per update",
        "Environment steps of every car between two updates.",
        low=1,
        high=1024,
        unit="steps",
        live=False,
    )
    updates_per_chunk: int = setting(
        8, "Updates per chunk", "Updates between two reports of the learner.", low=1, high=1024, live=False
    )
    batch: int = setting(16, "Batch", "Sequences in one update.", low=1, high=4096, live=False)
    length: int = setting(32, "Sequence", "Steps of one sequence.", low=4, high=1024, unit="steps", live=False)
    replay_steps: int = setting(
        50_000,
        "Replay",
        "Environment steps of all cars together that are remembered.",
        low=2_000,
        high=20_000_000,
        unit="steps",
        live=False,
    )
    guest_steps: int = setting(
        6_000,
        "Guests' replay",
        "Environment steps that you drove which are remembered.",
        low=200,
        high=1_000_000,
        unit="steps",
        live=False,
    )
    ending_share: float = setting(
        0.5,
        "Ending share",
        "Share of each batch that is drawn, where possible, from stretches in which an episode ended by a crash.",
        low=0.0,
        high=1.0,
        live=False,
    )
    prefill: int = setting(
        1_600,
        "First steps",
        "Random environment steps before the first update.",
        low=64,
        high=1_000_000,
        unit="steps",
        live=False,
    )
    exploration: float = setting(
        1.0,
        "Exploration",
        "Size of the noise that is added to the fleet's actions at first.",
        low=0.0,
        high=2.0,
        live=False,
    )
    exploration_floor: float = setting(
        0.1, "Exploration floor", "The noise never falls below this.", low=0.0, high=2.0, live=False
    )
    exploration_decay: float = setting(
        0.999,
        "Exploration decay",
        "Factor of the noise for each environment step of a car.",
        low=0.9,
        high=1.0,
        live=False,
    )
    exploration_memory: float = setting(
        0.9, "Exploration memory", "How much of a step's noise remains in the next.", low=0.0, high=0.999, live=False
    )
    validate_updates: int = setting(
        500,
        "Validate every",
        "Updates between two drives on validation tracks; the best brain is kept.",
        low=10,
        high=1_000_000,
        unit="updates",
    )
    autosave_s: float = setting(
        300.0, "Autosave every", "Time between automatic checkpoints.", low=10.0, high=86_400.0, unit="s"
    )
    keep_checkpoints: int = setting(12, "Milestones kept", "Automatic checkpoints kept of each kind.", low=1, high=1000)


@dataclass(frozen=True)
class RandomisationConfig(Section):
    """How the cars that learn differ from the car, so that one driver gets along with many (domain randomisation)."""

    grip: float = setting(
        0.0, "Grip", "Share by which the learning cars' grip lies above or below the car's.", low=0.0, high=0.5
    )
    engine: float = setting(
        0.0, "Engine", "Share by which their engine and power lie above or below the car's.", low=0.0, high=0.5
    )
    sensor_noise: float = setting(
        0.0, "Sensor noise", "Random error of each distance that they measure.", low=0.0, high=5.0, unit="m"
    )


@dataclass(frozen=True)
class Config:
    """All settings of one experiment.

    Attributes:
        circuit: driven in place of the track that `track.seed` gives; None drives that.
    """

    track: TrackConfig = field(default_factory=TrackConfig)
    car: CarConfig = field(default_factory=CarConfig)
    sensors: SensorConfig = field(default_factory=SensorConfig)
    reward: RewardConfig = field(default_factory=RewardConfig)
    race: RaceConfig = field(default_factory=RaceConfig)
    agent: AgentConfig = field(default_factory=AgentConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    randomisation: RandomisationConfig = field(default_factory=RandomisationConfig)
    circuit: Circuit | None = None

    def __post_init__(self) -> None:
        self._check_together()

    def sections(self) -> Iterator[tuple[str, Section]]:
        """Yields (name, section) in the order of definition."""
        for f in fields(self):
            if f.name != "circuit":
                yield f.name, getattr(self, f.name)

    def on(self, circuit: Circuit | None) -> Self:
        """The same settings on a circuit, or on the generated track if None."""
        return dataclasses.replace(self, circuit=circuit)

    def replace(self, **changes: Any) -> Self:
        """A copy with settings changed, named `section__field`: `replace(track__seed=7)`.

        Raises:
            ConfigError: for an unknown name or a value out of its limits.
        """
        by_section: dict[str, dict[str, Any]] = {}
        for path, value in changes.items():
            section, _, name = path.partition("__")
            by_section.setdefault(section, {})[name] = value
        return dataclasses.replace(self, **{s: self._section_with(s, values) for s, values in by_section.items()})

    def to_json(self) -> str:
        """The settings as JSON, one object per section, and one for the circuit if there is one."""
        content = dataclasses.asdict(self)
        if self.circuit is None:
            del content["circuit"]
        return json.dumps(content)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads `to_json`'s text; what is absent keeps its default.

        Raises:
            ConfigError: if the text is no JSON object, or a setting is unknown or wrong.
        """
        try:
            data = json.loads(text)
        except ValueError as error:
            raise ConfigError(f"The settings are not valid JSON: {error}.") from error
        if not isinstance(data, dict) or not all(isinstance(v, dict) for v in data.values()):
            raise ConfigError("The settings must be a JSON object with one object for each section.")
        circuit = data.pop("circuit", None)
        changes = {f"{section}__{name}": value for section, values in data.items() for name, value in values.items()}
        return cls().replace(**changes).on(None if circuit is None else _circuit(circuit))

    def _section_with(self, section: str, values: dict[str, Any]) -> Section:
        sections = dict(self.sections())
        if section not in sections:
            raise ConfigError(f"There is no group of settings called {section!r}; there are {', '.join(sections)}.")
        known = {f.name for f in fields(sections[section])}
        for name in values:
            if name not in known:
                raise ConfigError(f"There is no setting {section}.{name}; {section} has {', '.join(sorted(known))}.")
        return dataclasses.replace(sections[section], **values)

    def _check_together(self) -> None:
        t = self.training
        if t.replay_steps < t.cars * 2 * t.length:
            raise ConfigError(
                f"training.replay_steps is {t.replay_steps}, but {t.cars} cars with sequences of {t.length} steps "
                f"need at least {t.cars * 2 * t.length}."
            )
        if t.guest_steps < 2 * t.length:
            raise ConfigError(
                f"training.guest_steps is {t.guest_steps}, but sequences of {t.length} steps "
                f"need at least {2 * t.length}."
            )
        if t.exploration_floor > t.exploration:
            raise ConfigError("training.exploration_floor must not be above training.exploration.")
        if self.agent.imagination_starts > t.batch * t.length:
            raise ConfigError(
                f"agent.imagination_starts is {self.agent.imagination_starts}, but a batch of {t.batch} sequences of "
                f"{t.length} steps has only {t.batch * t.length} states."
            )
        if self.car.half_width >= self.track.half_width:
            raise ConfigError("car.half_width must be below track.half_width: the car does not fit on the track.")


def _circuit(data: dict[str, Any]) -> Circuit:
    if data.keys() != {"name", "text"} or not all(isinstance(value, str) for value in data.values()):
        raise ConfigError("circuit must be an object with two texts, name and text.")
    return Circuit(**data)


def _checked(path: str, about: Setting, value: Any) -> Any:
    """`value` in the type of the setting's default, or a ConfigError that says what would be right."""
    kind = _KINDS[path]
    if kind is tuple:
        if not isinstance(value, (list, tuple)) or not value:
            raise ConfigError(f"{_dotted(path)} must be a list of numbers, not {value!r}.")
        return tuple(_checked_number(path, about, v, float) for v in value)
    if kind is bool:
        if not isinstance(value, bool):
            raise ConfigError(f"{_dotted(path)} must be true or false, not {value!r}.")
        return value
    if kind is str:
        if value not in about.choices:
            raise ConfigError(f"{_dotted(path)} must be one of {', '.join(about.choices)}, not {value!r}.")
        return value
    return _checked_number(path, about, value, kind)


def _checked_number(path: str, about: Setting, value: Any, kind: type) -> Any:
    number_like = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number_like or not about.low <= value <= about.high or (kind is int and value != int(value)):
        unit = f" {about.unit}" if about.unit else ""
        what = "a whole number" if kind is int else "a number"
        raise ConfigError(f"{_dotted(path)} must be {what} from {about.low:g} to {about.high:g}{unit}, not {value!r}.")
    return kind(value)


def _dotted(path: str) -> str:
    section, _, name = path.partition(".")
    return f"{_SECTIONS[section]}.{name}"


_KINDS: dict[str, type] = {
    f"{section.__name__}.{f.name}": type(f.default) for section in Section.__subclasses__() for f in fields(section)
}

_SECTIONS = {type(section).__name__: name for name, section in Config().sections()}
