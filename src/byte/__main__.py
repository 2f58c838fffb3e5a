"""`python -m byte`."""

from byte.cli import main

main()
