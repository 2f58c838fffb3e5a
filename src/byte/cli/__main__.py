"""`python -m byte.cli`."""

from byte.cli import main

main()
