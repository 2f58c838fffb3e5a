"""The registry: every backend API of a company, with its versions, operations, consumers and health.

It knows nothing of HTTP: `byte.server` is one way to it, `byte.cli` another. All that it keeps lies behind
`registry.store`.
"""
