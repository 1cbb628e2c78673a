"""Which command was meant, what it needs, and how it is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from launcher import system
from launcher.environment import Environment
from launcher.messages import LaunchError, fail

ROOT = Path(__file__).resolve().parents[2]
# Commands of the program that open no window on the screen, with the Qt plugin that they use, if any.
WITHOUT_WINDOW = {
    "train": None,
    "evaluate": None,
    "reference": None,
    "track": None,
    "bench": None,
    "bench charts": "offscreen",
    "self-test": "offscreen",
    "-h": None,
    "--help": None,
    "--version": None,
}
WITH_WINDOW = ("bench window",)  # although its first word is one of those
FOR_DEVELOPERS = {"test": ["offscreen"], "bundle": ["xcb", "wayland"]}  # commands of the launcher itself
NO_DISPLAY = (
    "There is no display to open the window on (neither DISPLAY nor WAYLAND_DISPLAY is set): learn without a window "
    "with `{start} train`, or give it a virtual display with Xvfb: `xvfb-run -a {start}`."
)


def main(arguments: list[str]) -> NoReturn:
    """Sets up what the command needs and becomes the program; exits with status 2 and a sentence if it cannot."""
    try:
        run(arguments)
    except LaunchError as error:
        fail(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        fail("Stopped; the next start goes on from here.")
        sys.exit(130)


def run(arguments: list[str]) -> NoReturn:
    """As `main`.

    Raises:
        LaunchError: with the sentence.
    """
    command = arguments[0] if arguments else ""
    kind = command if command in ("test", "bundle") else "program"
    plugins = FOR_DEVELOPERS[kind] if kind in FOR_DEVELOPERS else plugins_for(arguments, dict(os.environ))
    environment = Environment(ROOT)
    if not environment.ready(kind):
        provide_for_set_up(environment, plugins)
        environment.prepare(kind)
    if kind == "bundle":
        for plugin in plugins:
            provide_libraries(environment, [plugin])  # all of them: what is missing here would be missing in the bundle
        become([str(environment.python), str(ROOT / "packaging" / "build_bundle.py"), *arguments[1:]])
    provide_libraries(environment, plugins)
    if kind == "test":
        os.chdir(ROOT)
        become([str(environment.python), "-P", "-m", "pytest", *arguments[1:]])
    become([str(environment.python), "-P", "-m", "racer_desktop", *arguments])


def plugins_for(arguments: list[str], variables: dict[str, str]) -> list[str]:
    """The Qt platform plugins of which the command needs one; none if it shows nothing.

    Raises:
        LaunchError: if it opens a window and there is no display.
    """
    command, in_full = " ".join(arguments[:1]), " ".join(arguments[:2])
    if command in WITHOUT_WINDOW and in_full not in WITH_WINDOW:
        plugin = WITHOUT_WINDOW.get(in_full, WITHOUT_WINDOW[command])
        return [plugin] if plugin else []
    plugins = system.platform_plugins(variables)
    if sys.platform == "linux" and not plugins:
        raise LaunchError(NO_DISPLAY.format(start="python3 packaging/launch.py"))
    return plugins


def provide_for_set_up(environment: Environment, plugins: list[str]) -> None:
    """Sees to what installing needs, and in the same breath to what Qt will need.

    Raises:
        LaunchError: if something is missing and cannot be installed from here.
    """
    missing = system.build_packages() if environment.needs_compiler() else {}
    libraries = system.absent_from_cache(plugins[0]) if plugins and sys.platform == "linux" else []
    if missing or libraries:
        names = [name for packages in missing.values() for name in packages]
        system.provide(missing, libraries, [*names, *(system.PACKAGES[library] for library in libraries)])


def provide_libraries(environment: Environment, plugins: list[str]) -> None:
    """Sees to it that one of the Qt plugins finds all its libraries.

    Raises:
        LaunchError: if some are missing and cannot be installed from here.
    """
    if sys.platform != "linux" or not plugins:
        return
    missing = [system.missing_libraries(environment.pyside, plugin) for plugin in plugins]
    if all(missing):
        packages = [system.PACKAGES[library] for library in missing[0] if library in system.PACKAGES]
        system.provide([], missing[0], packages)


def become(command: list[str]) -> NoReturn:
    """Replaces this process by the command, or, on Windows, waits for it."""
    if sys.platform == "win32":
        if sys.stderr is None:  # started without a console, so the program shall open none either
            command = [command[0].replace("python.exe", "pythonw.exe"), *command[1:]]
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)
