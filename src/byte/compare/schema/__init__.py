"""Whether what one schema describes is accepted by another: sets, and what lies in one and not in the other."""
