"""Bodies and requests that nobody wrote: made by chance from a seed, posted to the receiver, and judged.

`python -m tests.faults.fuzz --count 10000000 --seed 1` asks of every request: no 5xx, what is acknowledged is
on disk, nothing takes long, and memory stays.
"""
