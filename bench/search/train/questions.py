"""Makes questions out of operations by recombination: carriers, values, other words for a word, words left out.

Written without a look at the questions of the evaluation. Everything works on lists of token numbers.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

Tokens = list[int]

CARRIERS: Final = """{}|{}|{}|{}|{}|i want to {}|please {}|can you {}|how do i {}|how can i {}|i need to {}|i would like to {}
help me {}|could you {} for me|is there a way to {}|what is the best way to {}|find the endpoint to {}|which api lets me {}
i'm building an app and need to {}|we have to {} before the end of the week|show me how to {}|let me {}|i am trying to {}
i'm looking for {}|tell me about {}|give me {}|show me {}|what about {}|do we have something for {}|any service for {}
what are {}|what is {}|where can i find {}|get me the details of {}|i'm interested in {}|could you look up {}
my boss asked me to {} and send him the result|my customer wants to {}|the team wants to {} as soon as possible
as a developer i want to {} so that my users are happy|for my research project i have to {}|i was wondering if you could {}
hey, {} and let me know what you find|it would be great if you could {}, thanks a lot|assist me to {}, please
i'm preparing a presentation and would like to {}|my friend and i plan to {} tomorrow|suggest how to {}
first {}|make sure to {}|i forgot how to {}|use a tool to {}|are you able to {}|i'd appreciate it if you could {}
i am curious: {}|we run a small company and must {}|for a school assignment i need {}|provide me with {}|check {} for me"""
VALUES: Final = """for user 42|with id 123|number 77|in new york|in london|near paris|in tokyo, japan|for berlin|called summer
named test|with the name alice|for john smith|by bob|from london to paris|on 2023-05-01|on march 3rd|since last week
for next monday|between january and june 2022|this year|today|tomorrow|for the last 30 days|at 10 am|in english|in german
with a limit of 10|sorted by date|the first 20|page 2|of apple|of acme corporation|for microsoft|worth 500 dollars
in usd|in euros|under 100 dollars|at least 5|with the email jane@example.com|at https://example.com/page|using the code abc123
as json|in pdf format|with high priority|only the active ones|including all details|for my account|for my project
for our family of four|for two adults and one child|for my daughter emma|for a 35 year old man who is 180 cm tall
for the red one|with the title hello world|with the message good morning|if possible|as soon as possible|without duplicates
for order 98765|with the key xyz|with latitude 40.7 and longitude -74.0|within 5 miles|for zip code 90210|in california"""
JOINS: Final = """and|then|also|and also|additionally|after that|furthermore|moreover, i need to|next|and finally
besides, could you|i also want to|in addition, please|plus|once done"""
OPENINGS: Final = """hello|hi there|good morning|i need some help|i have a question|quick question|i'm planning a trip with my family
i'm organising a party for my friends|i'm writing a report|we are launching a new product|i'm working on a new website
my company is growing|i am new here|i'm a student|i manage a small shop|i am a fan of good music|i love cooking
it's my wife's birthday next week|i've been feeling tired lately|our team is distributed over several countries
i am preparing for an exam|i moved to a new city|i'm a data analyst|i'm testing my application|the weekend is near"""


def split_lines(text: str) -> list[str]:
    """The phrases of one of the tables."""
    return [phrase for line in text.splitlines() for phrase in line.split("|")]


class Asker:
    """Makes questions, with its own random numbers; `others` are other words (as tokens) for a token."""

    def __init__(
        self,
        ids: Callable[[str], Tokens],
        others: Mapping[int, Sequence[Tokens]],
        scenes: Sequence[Tokens],
        chance: random.Random,
    ) -> None:
        self._carriers = [tuple(ids(part) for part in phrase.split("{}")) for phrase in split_lines(CARRIERS)]
        self._values = [ids(phrase) for phrase in split_lines(VALUES)]
        self._joins = [ids(phrase) for phrase in split_lines(JOINS)]
        self._openings = [ids(phrase) for phrase in split_lines(OPENINGS)]
        self._others = others
        self._scenes = scenes
        self._chance = chance

    def varied(self, tokens: Tokens, leave: float = 0.1, other: float = 0.08) -> Tokens:
        """Some tokens left out, some said by another word."""
        random_ = self._chance.random
        out: Tokens = []
        for token in tokens:
            drawn = random_()
            if drawn < leave:
                continue
            if drawn < leave + other and token in self._others:
                out += self._chance.choice(self._others[token])
            else:
                out.append(token)
        return out or tokens

    def question(self, body: Tokens, second: Tokens | None = None, extra: Tokens | None = None) -> Tokens:
        """A question for what `body` says, and for what `second` says too."""
        drawn = self._chance
        before, after = drawn.choice(self._carriers)
        out = before + self.varied(body[:40])
        if extra and drawn.random() < 0.25:
            out = out + extra
        if drawn.random() < 0.4:
            out = out + drawn.choice(self._values)
        if second is not None:
            out = out + drawn.choice(self._joins) + self.varied(second[:40])
            if drawn.random() < 0.4:
                out = out + drawn.choice(self._values)
        out = out + after
        if drawn.random() < 0.2:
            out = drawn.choice(self._openings) + out
        if drawn.random() < 0.12:
            scene = drawn.choice(self._scenes)
            out = scene + out if drawn.random() < 0.5 else out + scene
        return out
