"""The only reader of the outside for a review: git objects, the working tree, `[tool.byte]`, baselines.

It turns a repository and a range into a `Request` (the change, what of it is reviewed, and the settings). It runs
nothing of the project and obeys nothing of the repository's git configuration; it knows only `byte.model`.
"""
