"""A monkey that uses the program: every widget, menu and key at random, with an answer to whatever it is asked."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QRect, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)
from shiboken6 import Shiboken

from racer_desktop.gui.main_window import MainWindow

K = Qt.Key
PLAIN_KEYS = [
    *(K.Key_Up, K.Key_Down, K.Key_Left, K.Key_Right, K.Key_W, K.Key_A, K.Key_S, K.Key_D),  # to drive with
    *(Qt.Key(code) for code in range(K.Key_A, K.Key_Z + 1)),
    *(Qt.Key(code) for code in range(K.Key_0, K.Key_9 + 1)),
    *(K.Key_Space, K.Key_Tab, K.Key_Backtab, K.Key_Return, K.Key_Enter, K.Key_Escape, K.Key_Backspace, K.Key_Delete),
    *(K.Key_Home, K.Key_End, K.Key_PageUp, K.Key_PageDown, K.Key_Plus, K.Key_Minus, K.Key_Period, K.Key_Menu),
    *(K.Key_F1, K.Key_F5, K.Key_F10, K.Key_F11),
]
NO_KEY = Qt.KeyboardModifier.NoModifier
MODIFIERS = [
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
]
NOT_DRAGGED = (QAbstractItemView, QLineEdit, QPlainTextEdit, QTextEdit)  # a drag from these waits for a real mouse
SEARCH_EVERY = 50  # deeds
TRIES = 40  # widgets looked at until one is found that can be clicked
POLL_MS = 20  # where there is nothing to do but to wait
CURIOSITY = 0.3  # how often it prefers an action that it has not tried: some can be had only now and then
REMEMBERED = 40  # of the last deeds, to be told with a failure


class Monkey(QObject):
    """Does one thing at a time, from the event loop, so that it goes on inside of modal dialogs and menus.

    Args:
        seed: of its dice.
        yard: a folder with files that it opens, and where it saves.
        new_window: makes a window; called again each time that the monkey has closed the last one.
        mischief: rare things that happen to a program from outside.

    Attributes:
        deeds: how often it did what.
        triggered: the names of the actions that were carried out.
        windows: how many windows it has used.
    """

    def __init__(
        self,
        seed: int,
        yard: Path,
        new_window: Callable[[], MainWindow],
        mischief: Callable[[random.Random, MainWindow], None],
    ) -> None:
        super().__init__()
        self.deeds: Counter[str] = Counter()
        self.triggered: set[str] = set()
        self.windows = 0
        self._dice = random.Random(seed)
        self._yard, self._new_window, self._mischief = yard, new_window, mischief
        self._left = self._depth = 0
        self._beginning = False
        self._last: deque[str] = deque(maxlen=REMEMBERED)
        self._held: list[tuple[QWidget, Qt.Key]] = []
        self._searched: QWidget | None = None
        self._search_due = 0
        self._found: list[QWidget] = []
        self._acts: list[tuple[float, Callable[[QWidget], None]]] = [
            (30, self._press_key),
            (4, self._hold_key),
            (34, self._click),
            (5, self._drag),
            (4, self._wheel),
            (3, self._ask_for_menu),
            (13, self._trigger),
            (4, self._open_menu),
            (1, self._resize),
            (0.6, self._drop_file),
            (0.15, self._close_window),
            (0.06, self._do_mischief),
        ]
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._step)
        self.window = self._begin()

    def start(self, events: int) -> None:
        """Begins; the monkey is `done` after so many events, once every dialog is closed.

        It goes on closing those that come late, such as a worker's answer to the last event, until `stop`.
        """
        self._left = events
        self._next.start(0)

    def stop(self) -> None:
        """Does nothing any more, whatever comes."""
        self._next.stop()

    @property
    def done(self) -> bool:
        """Whether it has had enough and nothing is open any more."""
        waiting = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        return self._left <= 0 and self._depth == 0 and waiting is None

    @property
    def last_deeds(self) -> str:
        """The newest deeds, to be told with a failure."""
        return "\n".join(self._last)

    def fresh_window(self) -> MainWindow:
        """The window that it used last, or another one if that is closed or its session has failed."""
        if not self.window.isVisible() or self.window.worker is None:
            self._begin_again()
        return self.window

    @Slot()
    def _step(self) -> None:
        if self._beginning:  # there is no window at the moment; what the one before still tells is read and closed
            if isinstance(told := QApplication.activeModalWidget(), QDialog):
                told.reject()
            self._next.start(POLL_MS)
            return
        self._next.start(0 if self._left > 0 else POLL_MS)  # first, for what follows may wait for an answer
        self._depth += 1
        try:
            self._act()
        finally:
            self._depth -= 1

    def _act(self) -> None:
        popup, dialog = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if self._depth == 1 and self._left > 0 and popup is None and dialog is None:
            self.fresh_window()
        if self._left <= 0:
            self._finish(popup, dialog)
            return
        self._left -= 1
        if isinstance(dialog, QFileDialog):
            self._choose_file(dialog)
        elif popup is not None and self._dice.random() < 0.2:
            popup.close()
        elif isinstance(dialog, QDialog) and popup is None and self._dice.random() < 0.3:
            self._answer(dialog)
        else:
            act = self._dice.choices([a for _, a in self._acts], [share for share, _ in self._acts])[0]
            act(popup or dialog or self._some_window())

    # Windows come and go.

    def _begin(self) -> MainWindow:
        self._beginning = True
        try:
            window = self._new_window()
        finally:
            self._beginning = False
        self.windows += 1
        for action in window.findChildren(QAction):
            action.triggered.connect(self._note_action)
        return window

    def _begin_again(self) -> None:
        self._let_go()
        old = self.window
        for other in QApplication.topLevelWidgets():
            if other is not old and other.isVisible():
                other.close()
        if old.isVisible():
            old.documents.set_unsaved(False)
            old.close()
        self.window = self._begin()
        old.deleteLater()

    def _finish(self, popup: QWidget | None, dialog: QWidget | None) -> None:
        self._let_go()
        if popup is not None:
            popup.close()
        elif isinstance(dialog, QDialog):
            dialog.reject()

    def _some_window(self) -> QWidget:
        others = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not self.window]
        return self._dice.choice(others) if others and self._dice.random() < 0.4 else self.window

    @Slot()
    def _note_action(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.triggered.add(action.objectName())

    def _note(self, deed: str, about: object = "") -> None:
        self.deeds[deed] += 1
        self._last.append(f"{deed} {about}")

    # Answers.

    def _answer(self, dialog: QDialog) -> None:
        buttons = [b for b in dialog.findChildren(QPushButton) if b.isEnabled() and b.isVisible()]
        if buttons and self._dice.random() < 0.7:
            button = self._dice.choice(buttons)
            self._note("answer", f"{dialog.objectName()}: {button.text()}")
            button.click()
        else:
            self._note("escape", dialog.objectName())
            QTest.keyClick(dialog, Qt.Key.Key_Escape)

    def _choose_file(self, dialog: QFileDialog) -> None:
        """Types a name or cancels; nothing else, for a file dialog can also delete what lies on this machine."""
        name, box = dialog.findChild(QLineEdit), dialog.findChild(QDialogButtonBox)
        if name is None or box is None or self._dice.random() < 0.4:
            self._note("no file")
            dialog.reject()
            return
        files = sorted(path.name for path in self._yard.iterdir())
        chosen = self._yard / self._dice.choice([*files, "new.racer", "new.csv", "nowhere/new.gif"])
        if dialog.fileMode() is QFileDialog.FileMode.Directory:
            chosen = self._yard
        name.setText(str(chosen))
        accept = next((b for b in box.buttons() if box.buttonRole(b) is QDialogButtonBox.ButtonRole.AcceptRole), None)
        self._note("file", chosen.name)
        if accept is not None and accept.isEnabled():
            accept.click()
        else:
            dialog.reject()

    # Deeds.

    def _place(self, target: QWidget, not_these: tuple[type[QWidget], ...] = ()) -> QWidget:
        """Some widget of a window; looked for anew now and then only, because that takes longer than a click."""
        if self._searched is not target or self.deeds.total() > self._search_due:
            self._searched, self._search_due = target, self.deeds.total() + SEARCH_EVERY
            self._found = target.findChildren(QWidget)
        for place in self._dice.sample(self._found, min(len(self._found), TRIES)):
            there = Shiboken.isValid(place) and place.isVisible() and place.isEnabled() and place.window() is target
            if there and not isinstance(place, not_these):
                return place
        return target

    def _receiver(self, target: QWidget) -> QWidget:
        focus = QApplication.focusWidget()
        return focus if focus is not None and focus.window() is target else target.focusWidget() or target

    def _spot(self, rect: QRect) -> QPoint:
        return QPoint(self._dice.randint(0, max(rect.width() - 1, 0)), self._dice.randint(0, max(rect.height() - 1, 0)))

    def _takes_keys(self, target: QWidget) -> bool:
        """Whether keys reach it; a window that is not the active one is made so instead, as a person would."""
        if isinstance(target, QMenu) or target.isActiveWindow():
            return True
        target.activateWindow()
        return False

    def _press_key(self, target: QWidget) -> None:
        if not self._takes_keys(target):
            return
        key = self._dice.choice(PLAIN_KEYS)
        with_ = self._dice.choice(MODIFIERS) if self._dice.random() < 0.12 else NO_KEY
        receiver = self._receiver(target)
        self._note("key", f"{key.name} {with_} to {receiver}")
        QTest.keyClick(receiver, key, with_)

    def _hold_key(self, target: QWidget) -> None:
        if self._held or self._dice.random() < 0.5:
            self._let_go()
            return
        if not self._takes_keys(target):
            return
        receiver, key = self._receiver(target), self._dice.choice(PLAIN_KEYS[:8])
        self._note("hold", key.name)
        self._held.append((receiver, key))
        QTest.keyPress(receiver, key)

    def _let_go(self) -> None:
        held, self._held = self._held, []
        for receiver, key in held:
            if Shiboken.isValid(receiver):
                QTest.keyRelease(receiver, key)

    def _click(self, target: QWidget) -> None:
        place = self._place(target)
        spot = self._spot(place.rect())
        self._note("click", f"{place} {spot.toTuple()}")
        if self._dice.random() < 0.1:
            QTest.mouseDClick(place, Qt.MouseButton.LeftButton, pos=spot)
        else:
            QTest.mouseClick(place, Qt.MouseButton.LeftButton, pos=spot)

    def _drag(self, target: QWidget) -> None:
        place = self.window.view if target is self.window and self._dice.random() < 0.5 else None
        place = place or self._place(target, NOT_DRAGGED)
        start, end = self._spot(place.rect()), self._spot(place.rect())
        self._note("drag", f"{place}")
        QTest.mousePress(place, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(place, end)
        QTest.mouseRelease(place, Qt.MouseButton.LeftButton, pos=end)

    def _wheel(self, target: QWidget) -> None:
        place = self._place(target)
        at = QPointF(self._spot(place.rect()))
        turn = QPoint(0, self._dice.choice((-120, 120, 15)))
        self._note("wheel", place)
        event = QWheelEvent(
            at,
            QPointF(place.mapToGlobal(at.toPoint())),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            NO_KEY,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(place, event)

    def _ask_for_menu(self, target: QWidget) -> None:
        place = self._place(target)
        at = self._spot(place.rect())
        self._note("context menu", place)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, place.mapToGlobal(at), NO_KEY)
        QApplication.sendEvent(place, event)

    def _trigger(self, target: QWidget) -> None:
        if QApplication.activeModalWidget() is not None:
            self._press_key(target)  # nobody reaches a menu behind a modal dialog
            return
        can = [a for a in self.window.actions_.all if a.isEnabled() and a is not self.window.actions_.quit]
        new = [a for a in can if a.objectName() not in self.triggered]
        action = self._dice.choice(new if new and self._dice.random() < CURIOSITY else can)
        self._note("action", action.objectName())
        action.trigger()

    def _open_menu(self, target: QWidget) -> None:
        if target is not self.window:
            return
        menus = [m for m in self.window.findChildren(QMenu) if m.objectName().startswith("menu_")]
        menu = self._dice.choice(menus)
        self._note("menu", menu.objectName())
        menu.popup(self.window.mapToGlobal(self._spot(self.window.rect())))

    def _resize(self, target: QWidget) -> None:
        self._note("resize", target)
        if not target.isFullScreen():
            target.resize(self._dice.randint(300, 1400), self._dice.randint(200, 900))

    def _drop_file(self, target: QWidget) -> None:
        if target is not self.window:
            return
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._dice.choice(sorted(self._yard.iterdir()))))])
        self._note("drop", data.urls()[0].fileName())
        button = Qt.MouseButton.LeftButton
        drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, button, NO_KEY, QEvent.Type.Drop)
        QApplication.sendEvent(self.window, drop)

    def _close_window(self, target: QWidget) -> None:
        self._note("close", target)
        target.close()

    def _do_mischief(self, target: QWidget) -> None:
        self._note("mischief")
        self._mischief(self._dice, self.window)
