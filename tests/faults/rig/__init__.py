"""A rig that breaks things: real processes, real databases, senders that remember, and a checker that judges.

    history    what senders and faults did, line by line
    posts      what is posted, and what has to come of it by tests/faults/mapping
    driver     senders over kept connections; they come again as senders of their kind do
    platforms  HubSpot and Mailchimp in a process that outlives every Loods, with all their effects
    program    Loods in processes of its own, started cold or forked from a zygote
    nemesis    chance with a seed
    evidence   what is judged; reading takes it from a database
    checker    a pure function: lost, duplicated, recovered, unexpected; itself tested with planted bugs
    report     seed, commit, machine, counts, recovery
    campaign   all of it in the right order

To add a fault: take the fixtures of tests/faults/conftest.py, start, break, start again, and ask the verdict.

    def test_a_fault(installed: Loods, platforms: Platforms) -> None:
        run = campaign(installed, platforms)
        process = run.loods.starts()
        with run.posting():
            time.sleep(run.nemesis.seconds(0.1, 1.0))
            run.history.say("fault", told="what was broken")
            ...
        verdict = run.verdict()                 # with a process that runs; it waits until all has settled
        process.terminate()
        assert verdict.findings == (), Report("a fault", "sqlite", run.nemesis.seed, 1, verdict)

A test that takes more than some seconds is marked `slow`. What is to be in `make faults` has a module
`tests/faults/campaigns/<name>.py` with `run(asked: Asked) -> Iterator[Report]`.
"""
