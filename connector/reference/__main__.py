"""`python -m connector.reference`."""

from connector.reference import main

main()
