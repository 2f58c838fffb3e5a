"""The index of a registry: built from its store, kept current from its events, kept on disk beside it.

`keeper.Keeper` does all of that in a thread of its own. The index is a cache: whatever is wrong with it, it is made again.
"""
