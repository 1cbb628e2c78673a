"""What the window remembers between two runs: its geometry, its layout, the recent files, the appearance."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from racer_desktop import paths

RECENT = 10
LAYOUT_VERSION = 2  # raised when the docks change, so that an old layout is not forced upon new ones


class Preferences:
    """The window's memory.

    Args:
        settings: where it is kept; the person's own folder, or else the system's place for the application, if None.
    """

    def __init__(self, settings: QSettings | None = None) -> None:
        self._settings = settings if settings is not None else _own_settings()

    @property
    def geometry(self) -> QByteArray | None:
        """The window's place and size, as `QWidget.saveGeometry` gave it."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._settings.setValue("window/geometry", value)

    @property
    def layout(self) -> QByteArray | None:
        """Where the docks and the toolbar are, as `QMainWindow.saveState` gave it."""
        return self._bytes("window/layout")

    @layout.setter
    def layout(self, value: QByteArray) -> None:
        self._settings.setValue("window/layout", value)

    @property
    def appearance(self) -> str:
        """The appearance chosen: "system", "light" or "dark"."""
        return str(self._settings.value("window/appearance", "system"))

    @appearance.setter
    def appearance(self, value: str) -> None:
        self._settings.setValue("window/appearance", value)

    @property
    def recent(self) -> list[Path]:
        """Recently used files, newest first; those that are gone are left out."""
        stored = self._settings.value("files/recent", [])
        names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
        return [path for path in map(Path, names) if path.is_file()]

    def note_recent(self, path: Path) -> None:
        """Puts a file first among the recent ones."""
        path = path.absolute()
        self._store_recent([path, *(other for other in self.recent if other != path)][:RECENT])

    def forget_recent(self, path: Path | None = None) -> None:
        """Forgets one recent file, or all of them."""
        self._store_recent([] if path is None else [other for other in self.recent if other != path.absolute()])

    @property
    def folder(self) -> Path | None:
        """The folder that a file was last opened from or saved to, if it still exists."""
        stored = self._settings.value("files/folder", "")
        folder = Path(str(stored))
        return folder if stored and folder.is_dir() else None

    @folder.setter
    def folder(self, value: Path) -> None:
        self._settings.setValue("files/folder", str(value.absolute()))

    def flag(self, name: str, default: bool) -> bool:
        """A remembered switch, such as whether rays are shown."""
        return self._settings.value(f"view/{name}", default, type=bool) is True

    def set_flag(self, name: str, value: bool) -> None:
        """Remembers a switch."""
        self._settings.setValue(f"view/{name}", value)

    def sync(self) -> None:
        """Writes everything to where it is kept."""
        self._settings.sync()

    def _store_recent(self, recent: list[Path]) -> None:
        self._settings.setValue("files/recent", [str(path) for path in recent])

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else None


def _own_settings() -> QSettings:
    if paths.own_folder() is None:
        return QSettings()
    return QSettings(str(paths.config_folder() / "window.ini"), QSettings.Format.IniFormat)
