"""The command `loods`, as a shell would run it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from connector.cli import main

ROOT = Path(__file__).parent.parent.parent
MAPPING = ROOT / "tests" / "runtime" / "mapping"


def loods(*words: str, database: str = "sqlite:////nowhere/loods.db", mappings: Path = MAPPING) -> Result:
    """Run the command as a shell would."""
    result = CliRunner().invoke(main, ["--mappings", str(mappings), "--database", database, *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result
