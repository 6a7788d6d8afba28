"""`loods draw`: the mapping as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from connector.settings import Settings


@click.command()
@click.option("--journey", help="Draw this journey only; the triggers are drawn all the same.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to FILE.svg or FILE.mmd; without it, Mermaid text is printed.",
    metavar="FILE",
)
@click.pass_obj
def draw(settings: Settings, journey: str | None, output: Path | None) -> None:
    """Show stages, what moves between them, and what triggers do, as a picture."""
    from connector.cli.draw import picture
    from connector.cli.here import of_folder

    drawing = picture.drawn(of_folder.mapping_of_folder(settings), journey, output)
    if output is None:
        click.echo(drawing, nl=False)
    else:
        picture.save(drawing, output)
        click.echo(f"wrote {output}")
