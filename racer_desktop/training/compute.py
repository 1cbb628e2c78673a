"""JAX made ready: two CPU devices, so that learning never holds up the race, and a private cache of compiled code.

`prepare` has to run before anything else of the process uses JAX.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import logging
import os
import platform
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import jax
import jax.numpy as jnp

from racer_desktop import paths

POLITE = 10  # niceness beside a window of the threads that learn

log = logging.getLogger(__name__)
_polite = threading.Event()


class Device(Protocol):
    """What this program needs to know of a JAX device; JAX's own class is not open to type checkers."""

    platform: str
    device_kind: str


class DeviceError(RuntimeError):
    """The asked-for device is not there; the message says what would be needed."""


def prepare(*, cache: bool = True, polite: bool = False) -> None:
    """Sets JAX up: devices of their own for the race and for the learner, and the cache of compiled programs.

    A CPU computes in the thread that asks. Left to itself JAX hands work to a thread of its own, the same for all,
    and the race waits there behind the learner for milliseconds, or for seconds on a busy machine.

    Args:
        cache: whether compiled programs are kept between runs.
        polite: whether the threads that compile and learn give way to the process's others, which paint and drive.
    """
    try:
        jax.config.update("jax_num_cpu_devices", 2)
        jax.config.update("jax_cpu_enable_async_dispatch", False)
    except RuntimeError:
        log.debug("JAX was in use already; its devices stay as they are.")
    if polite:
        _polite.set()
        thread = threading.Thread(target=_begin_politely, name="JAX begins")
        thread.start()
        thread.join()
    if not cache or "JAX_COMPILATION_CACHE_DIR" in os.environ:  # the person has chosen another place
        return
    try:
        folder = _cache_folder()
    except OSError as error:
        log.warning("Compiled programs are not kept: %s", error)
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    # A damaged or foreign entry is a missing one, not a failure.
    jax.config.update("jax_raise_persistent_cache_errors", False)


def give_way() -> None:
    """Lets the calling thread give way to those that paint and drive, if there are any; Linux only."""
    if _polite.is_set() and sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), POLITE)


def _begin_politely() -> None:
    """Starts JAX's devices in a thread of low priority: its threads inherit it from the one that makes them."""
    give_way()
    jax.local_devices(backend="cpu")


@contextlib.contextmanager
def without_pauses() -> Iterator[None]:
    """While programs are compiled, no collection of garbage; what remains of it is never looked through again.

    JAX makes so many objects when it traces that one full collection holds every thread, the painting one too, for a
    third of a second. They stay for as long as the programs do.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def is_ready(tree: Any) -> bool:
    """Whether everything queued that makes the arrays of a tree is done, so that reading them does not wait."""
    return all(leaf.is_ready() for leaf in jax.tree.leaves(tree))


@jax.jit
def copied(tree: Any) -> Any:
    """A copy on its device, for what a later program writes over; returns at once.

    One program for a whole tree: copied leaf by leaf, each shape would be compiled by itself.
    """
    return jax.tree.map(jnp.copy, tree)


def arena_device() -> Device:
    """Where the race on the screen runs: the first CPU device, never the learner's."""
    return jax.local_devices(backend="cpu")[0]


def learner_device(wanted: str) -> Device:
    """Where learning runs.

    Args:
        wanted: "cpu", "gpu", or "auto" for a GPU if there is one.

    Raises:
        DeviceError: if a GPU is asked for and JAX finds none.
    """
    if wanted in ("auto", "gpu"):
        try:
            return jax.local_devices(backend="gpu")[0]
        except RuntimeError as error:
            if wanted == "gpu":
                raise DeviceError(
                    "No GPU was found; install the program with its `cuda` extra on a machine with an NVIDIA GPU, "
                    "or use --device cpu."
                ) from error
    return jax.local_devices(backend="cpu")[-1]


def two_at_once(device: Device) -> bool:
    """Whether two threads that learn on a device are faster than one and hold nobody up.

    Each needs a core to itself. Beside a window they share it with what paints and drives, but only where threads can
    give way to each other; elsewhere those need two more.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    crowded = _polite.is_set() and sys.platform != "linux"
    return device.platform == "cpu" and cores >= (4 if crowded else 2)


def device_name(device: Device) -> str:
    """How the window and the log call a device."""
    return "CPU" if device.platform == "cpu" else device.device_kind


def _cache_folder() -> Path:
    """Private to the person, this JAX and this kind of machine: compiled code runs only where it was made."""
    machine = f"{platform.machine()} {platform.processor()} {_cpu_model()}"
    mark = hashlib.sha256(machine.encode()).hexdigest()[:12]
    folder = paths.cache_folder() / f"compiled-jax-{jax.__version__}-{mark}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return " ".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))
