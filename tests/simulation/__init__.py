"""The simulator: a whole Loods in one thread, over a clock and a chance of its own, and with faults.

A run is steps by chance: a webhook comes, the processor or a dispatcher does a step, time goes by, somebody
publishes, stops or fires, a process dies in the middle of a write. One seed replays a run to the letter.
After each step `checker` asks whether every promise is kept; `bugs` has the faults that it has to find.

    make simulate                                      # 2,000 seeds
    make simulate SEEDS=1000000
    python -m tests.simulation --from 1234 --seeds 1 --tell
"""
