"""The car: a kinematic bicycle inside a friction circle.

The tyres give at most `grip`; engine or brakes take their share first, and cornering has what is left.
What the wheels demand beyond that becomes understeer, so a car that brakes too late leaves the track at
the outside.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from racer_desktop.config import CarConfig

CREEP = 0.1  # m/s: below this the division by speed would blow up


class Pose(NamedTuple):
    """Motion of a car; every field has the batch's shape.

    Attributes:
        x, y: position, m.
        heading: rad, counter-clockwise from +x.
        speed: m/s, never negative.
        steering: angle of the front wheels, rad, positive to the left.
    """

    x: jax.Array
    y: jax.Array
    heading: jax.Array
    speed: jax.Array
    steering: jax.Array


def drive(car: CarConfig, pose: Pose, action: jax.Array, dt: float | jax.Array) -> Pose:
    """One physics tick.

    Args:
        car: the car's settings.
        pose: fields of shape [...].
        action: [..., 2], steering and throttle in [-1, 1]; values beyond are clipped.
        dt: tick, s.

    Returns:
        The pose after `dt`.
    """
    command, throttle = jnp.moveaxis(jnp.clip(action, -1.0, 1.0), -1, 0)
    turn = car.steering_rate * dt
    steering = pose.steering + jnp.clip(command * car.max_steering - pose.steering, -turn, turn)

    engine = throttle * jnp.minimum(car.engine_acceleration, car.engine_power / jnp.maximum(pose.speed, CREEP))
    tyres = jnp.clip(jnp.where(throttle > 0.0, engine, throttle * car.braking), -car.grip, car.grip)
    drag = car.drag * pose.speed**2
    speed = jnp.clip(pose.speed + (tyres - drag) * dt, 0.0, car.max_speed)

    left_over = jnp.sqrt(jnp.maximum(car.grip**2 - tyres**2, 0.0))
    demanded = speed**2 * jnp.tan(steering) / car.wheelbase
    lateral = jnp.clip(demanded, -left_over, left_over)
    yaw_rate = jnp.where(speed > CREEP, lateral / jnp.maximum(speed, CREEP), 0.0)
    middle = pose.heading + 0.5 * yaw_rate * dt
    return Pose(
        x=pose.x + speed * jnp.cos(middle) * dt,
        y=pose.y + speed * jnp.sin(middle) * dt,
        heading=pose.heading + yaw_rate * dt,
        speed=speed,
        steering=steering,
    )
