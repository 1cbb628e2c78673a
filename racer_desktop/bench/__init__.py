"""Measurements that anyone can rerun: how fast the race is simulated, where an update's time goes, how fast is learned.

Other learners run beside the program's own where the extra `bench` is installed.
"""

from __future__ import annotations


class BenchError(Exception):
    """Something cannot be measured here; the message says what is missing or wrong."""
