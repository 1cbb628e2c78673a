"""How much memory this process has in use; the standard library knows only the peak, and not everywhere."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path


def resident_mb() -> float:
    """What of this process is in memory now, MB (of 10^6 bytes)."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    if sys.platform == "win32":
        return _working_set() / 1e6
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, text=True, check=True)
    return int(told.stdout) * 1024 / 1e6


class _Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of psapi.h."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("quotas_and_page_files", ctypes.c_size_t * 6),
    )


def _working_set() -> int:
    """Bytes, as Windows counts them."""
    assert sys.platform == "win32"
    counters = _Counters(size=ctypes.sizeof(_Counters))
    this = ctypes.c_void_p(ctypes.windll.kernel32.GetCurrentProcess())
    if not ctypes.windll.psapi.GetProcessMemoryInfo(this, ctypes.byref(counters), counters.size):
        raise ctypes.WinError()
    return counters.working_set
