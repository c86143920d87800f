"""Questions in the frames that the product puts around them, prompts/passages and prompts/no_passages, with tools offered.

The frame says that no passage fits, or brings passages that answer or do not. A tool that fits is called all the same; where none does and no
passage answers, the assistant says so. The product frames only the last question, so nothing of the user follows.
"""
from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import NamedTuple

from dialogues import passages, shop, talk, unsuitable, weather
from dialogues.passages import Passage
from dialogues.scene import Scene, assistant, user

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

class About(NamedTuple):
    """The same passages with and without a fact."""

    told: list[Passage]
    untold: list[Passage]


@functools.cache
def template(name: str, language: str) -> str:
    return (PROMPTS / f"{name}.{language}.md").read_text(encoding="utf-8").strip()


def prepare(scene: Scene) -> None:
    scene.stock = scene.rng.choices((None, weather, shop), (72, 16, 12))[0]
    if scene.stock is not None:
        scene.stock.prepare(scene)
        return
    scene.add(scene.any_tool())


def turn(scene: Scene) -> list[dict] | None:
    if getattr(scene, "stock", None) is not None and scene.chance(0.6):
        return _stock(scene)
    kind = scene.rng.choices((_call, _declined, _answered, _talk), (36, 24, 32, 8))[0]
    return kind(scene)


def framed(scene: Scene, question: str, found: list[Passage]) -> str:
    """The message as the product sends it; the language is that of the question, as the product tells it: Chinese where one character is."""
    scene.framed = True
    language = "zh" if _HAN.search(question) else "en"
    text = template("passages" if found else "no_passages", language)
    return text.replace("{{passages}}", listed(found)).replace("{{question}}", question)


def listed(found: list[Passage]) -> str:
    """`[1] title > heading`, the text below it, a blank line between two."""
    return "\n\n".join(f"[{number}] {passage.title}\n{_defused(passage.text)}" if passage.title else f"[{number}] {_defused(passage.text)}" for number, passage in enumerate(found, 1))


def _defused(text: str) -> str:
    """What could pass for the frame or for the number of a passage."""
    text = re.sub(r"\[(\d{1,3})\]", r"(\1)", re.sub(r"\n\s*\n", "\n", text))
    return re.sub(r"(?m)^(?=(?:Passages|Question|资料|问题)\s*[:：])", "> ", text)


def about(scene: Scene, fact: str) -> About:
    """One to three passages; one of them tells the fact, or does not."""
    others = irrelevant(scene)
    place = scene.rng.randrange(len(others))
    end = "。" if scene.chinese else "."
    told = [Passage(passage.title, f"{passage.text}{'' if scene.chinese else ' '}{fact}{end}") if index == place else passage for index, passage in enumerate(others)]
    return About(told, others)


def irrelevant(scene: Scene) -> list[Passage]:
    found = passages.distractors(scene, scene.pick((1, 1, 2, 3)))
    return [Passage("" if scene.chance(0.1) else passage.title, passage.text) for passage in found]


def _call(scene: Scene) -> list[dict] | None:
    """A tool fits, whatever the passages are."""
    definition = scene.usable()
    if definition is None:
        return None
    request = scene.request(definition)
    found = irrelevant(scene) if scene.chance(0.45) else []
    return [user(framed(scene, request.text, found)), *scene.exchange(request)]


def _stock(scene: Scene) -> list[dict] | None:
    """One of the product's own tools fits."""
    messages = scene.stock.turn(scene)
    if not messages or sum(message["role"] == "user" for message in messages) != 1:
        return None
    return [user(framed(scene, messages[0]["content"], irrelevant(scene) if scene.chance(0.3) else [])), *messages[1:]]


def _declined(scene: Scene) -> list[dict] | None:
    """Neither tool nor passage."""
    found = irrelevant(scene) if scene.chance(0.4) else []
    if scene.chance(0.5):
        question = passages.unanswered(scene)
        return [user(framed(scene, question, found)), assistant(scene.say("not_in_passages" if found else "no_passage"))]
    messages = None
    if scene.chance(0.5):
        absent = unsuitable.absent(scene, 0.3)
        # The shop's database may hold anything that has to do with orders.
        if absent and getattr(scene, "stock", None) is None:
            request = scene.request(*absent)
            messages = [user(request.text), unsuitable.refuse(scene, absent[0].tool)]
    messages = messages or talk.outside(scene) or unsuitable.general(scene)
    return [user(framed(scene, messages[0]["content"], found)), messages[1]]


def _answered(scene: Scene) -> list[dict]:
    reading = passages.read(scene)
    question = reading.question
    found = [Passage("" if scene.chance(0.1) else passage.title, passage.text) for passage in reading.passages]
    return [user(framed(scene, question, found)), assistant(reading.answer)]


def _talk(scene: Scene) -> list[dict]:
    messages = talk.line(scene)
    return [user(framed(scene, messages[0]["content"], irrelevant(scene) if scene.chance(0.2) else [])), messages[1]]
