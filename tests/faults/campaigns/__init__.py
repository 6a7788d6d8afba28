"""What `make faults` runs: one module a fault."""
