"""What the club may read next, from the books that colleagues lend each other."""

import os

import httpx

LIBRARY_URL = os.environ["LIBRARY_URL"]
TIMEOUT = 3.0


def shelf() -> list[str]:
    """The books that there are, each with whom to ask for it."""
    response = httpx.get(f"{LIBRARY_URL}/books", params={"limit": 50}, timeout=TIMEOUT)
    response.raise_for_status()
    return [f"{book['title']} - ask {book['owner']}" for book in response.json()]


def borrow(book_id: int, borrower: str) -> str:
    """Borrows a book for somebody; until when."""
    loan = {"book_id": book_id, "borrower": borrower}
    response = httpx.post(f"{LIBRARY_URL}/loans", json=loan, timeout=TIMEOUT)
    response.raise_for_status()
    return response.json()["due_at"]
