"""`python -m connector.cli` is `loods`."""

from connector.cli import main

main()
