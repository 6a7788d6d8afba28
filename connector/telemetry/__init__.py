"""What an operator sees of a running Loods: metrics, health, logs and traces. Nothing else depends on it."""
