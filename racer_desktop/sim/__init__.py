"""The race as pure JAX functions over batches of cars; knows no agent."""
