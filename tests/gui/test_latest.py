"""The newest-wins slot."""

from __future__ import annotations

import threading

from racer_desktop.gui.latest import LatestSlot


def test_one_wake_up_for_many_values() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert [slot.put(n) for n in range(5)] == [True, False, False, False, False]
    assert slot.take() == 4
    assert slot.take() is None
    assert slot.put(7)


def test_no_value_is_lost_at_the_end_with_two_threads() -> None:
    slot: LatestSlot[int] = LatestSlot()
    seen: list[int] = []
    done = threading.Event()

    def put() -> None:
        for n in range(20_000):
            slot.put(n)
        done.set()

    thread = threading.Thread(target=put)
    thread.start()
    while not done.is_set():
        value = slot.take()
        if value is not None:
            seen.append(value)
    thread.join()
    last = slot.take()
    seen += [last] if last is not None else []
    assert seen == sorted(set(seen))
    assert seen[-1] == 19_999
