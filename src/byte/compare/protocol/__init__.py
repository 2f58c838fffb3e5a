"""What differs between two documents outside of the schemas of bodies, operation by operation."""

from byte.compare.protocol.paths import walk

__all__ = ["walk"]
