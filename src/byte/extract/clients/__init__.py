"""Requests to other services as the source plainly shows them: httpx, requests and aiohttp.

`sites` finds the calls, `texts` what their URLs are made of, `answers` which fields of an answer are read, `bodies` which
are sent, and `follow` puts them together along the functions that stand between. Nothing is guessed: what does not show is
told as unresolved.
"""

from byte.extract.clients.follow import read

__all__ = ["read"]
