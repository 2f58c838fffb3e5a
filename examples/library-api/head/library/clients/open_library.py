import logging

import httpx

from library.settings import settings

log = logging.getLogger(__name__)


def average(isbn: str) -> float | None:
    """How Open Library's readers rate the book; None where it does not know or does not answer."""
    query = {"q": f"isbn:{isbn}", "fields": "ratings_average", "limit": 1}
    try:
        answer = httpx.get(
            f"{settings.open_library_url}/search.json", params=query, timeout=settings.open_library_timeout
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        log.warning("Open Library did not answer for %s: %s", isbn, error)
        return None
    found = answer.json()["docs"]
    return found[0].get("ratings_average") if found else None
