"""DreamerV3 as pure JAX functions and Haiku modules; knows observations and actions, no cars."""
