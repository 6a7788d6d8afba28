"""What runs: the processor, one dispatcher a connection, and the jobs."""
