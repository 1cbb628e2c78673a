"""Where the race and the agent meet: collecting, learning, judging, keeping; still no Qt."""

import os

# Before any module loads JAX, which sets it otherwise: its compiler logs, for every cached program, harmless
# differences in how two places spell this CPU's features.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
