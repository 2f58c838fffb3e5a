"""The registry over HTTP: `byte.server.app.create_app` is the application, `byte.server.run` runs it.

What is decided is decided in `byte.registry`; here it is asked for, answered and watched.
"""
