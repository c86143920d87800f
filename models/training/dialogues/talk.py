"""Talk and requests of data/talk that no tool serves, and what is said to them: what is missing, and what the tools of the prompt can do."""
from __future__ import annotations

import functools
import re

import lexicon
from dialogues import noise
from dialogues.scene import Scene, assistant, user

# Words of tools that might answer a question about the world, write a text, or reckon.
_KNOWING = ("science", "dictionar", "encyclop", "knowledge", "countr", "histor", "animal", "reference", "search", "wiki", "fact", "news", "paper", "word", "people", "compan", "lookup")
_WRITING = ("writ", "text", "poem", "story", "translat", "mail", "messag", "card", "name", "speech", "code", "word", "idea", "game", "music", "song", "letter", "draft", "generat", "post", "review")
_RECKONING = ("calc", "math", "add", "sum", "convert", "arith", "comput", "statist", "unit", "number", "expression")
_HAN = re.compile(r"[\u4e00-\u9fff]")
LISTED = 2


@functools.cache
def _file(name: str) -> dict:
    return lexicon.toml(f"talk/{name}.toml")


@functools.cache
def _lines(language: str) -> list[tuple[dict, str]]:
    """Every line of the groups, so that a group counts by its lines."""
    return [(group, line) for name in ("everyday", "assistant") for group in _file(name)["group"] for line in group["user"][language]]


def mentions(scene: Scene, words: tuple[str, ...] | list[str]) -> bool:
    """Whether a tool of the prompt has to do with one of the words."""
    told = " ".join([*(f"{present.tool.file} {present.name} {present.tool.key} {' '.join(present.tool.names)} {' '.join(present.tool.describe['en'])}" for present in scene.tools),
                     *(f"{raw.get('function', raw)['name']} {raw.get('function', raw).get('description', '')}" for raw in scene.raw_tools)]).lower()
    return any(word in told for word in words)


def typed(scene: Scene, text: str) -> str:
    """The text as somebody types it."""
    text = scene.values.fill(text, scene.language)
    chance = scene.rng.random()
    if chance < 0.2:
        text = text.rstrip(".!?。！？") or text
    elif chance < 0.28:
        text = text.lower()
    elif chance < 0.36:
        text = noise.surround(text, scene.language, scene.rng)
    return text


def line(scene: Scene) -> list[dict]:
    """Small talk, or a question about the assistant."""
    for _ in range(10):
        group, text = scene.pick(_lines(scene.language))
        if scene.tools or scene.raw_tools or not group.get("need_tools"):
            break
    return [user(typed(scene, text)), answered(scene, scene.pick(group["assistant"][scene.language]))]


def known(scene: Scene) -> list[dict] | None:
    """A question whose answer everybody knows."""
    entry = scene.pick(_file("knowledge")["known"])
    if scene.knows_anything or mentions(scene, entry["words"]):
        return None
    return [user(typed(scene, scene.pick(entry["user"][scene.language]))), assistant(entry[scene.language])]


def sums(scene: Scene) -> list[dict] | None:
    """Arithmetic that can be said at once."""
    if mentions(scene, _RECKONING):
        return None
    entry = scene.pick(_file("knowledge")["sum"])
    first, second = scene.rng.randint(2, 20), scene.rng.randint(2, 10)
    if entry["sign"] == "-" and first < second:
        first, second = second, first
    result = {"+": first + second, "-": first - second, "*": first * second}[entry["sign"]]
    text = scene.pick(entry[scene.language]).replace("{a}", str(first)).replace("{b}", str(second))
    return [user(text), assistant(scene.pick(_file("knowledge")["sum_answer"][scene.language]).replace("{r}", str(result)))]


def opinion(scene: Scene) -> list[dict]:
    data = _file("knowledge")
    return [user(typed(scene, scene.pick(data["opinion"][0][scene.language]))), assistant(scene.pick(data["opinion_answer"][scene.language]))]


def writing(scene: Scene) -> list[dict] | None:
    if mentions(scene, _WRITING):
        return None
    data = _file("knowledge")
    return [user(typed(scene, scene.pick(data["writing"][0][scene.language]))), answered(scene, scene.pick(data["writing_answer"][scene.language]))]


def world(scene: Scene) -> list[dict] | None:
    """A question about the world that nothing in the prompt answers."""
    if scene.knows_anything or mentions(scene, _KNOWING):
        return None
    return [user(typed(scene, scene.pick(_file("knowledge")["declined"][scene.language]))), refusal(scene, "unknown")]


def outside(scene: Scene) -> list[dict] | None:
    """A deed for which there is no tool anywhere."""
    data = _file("outside")
    entry = scene.pick(data["request"])
    if mentions(scene, entry["words"]):
        return None
    text = typed(scene, scene.pick(entry[scene.language]))
    if scene.chance(0.3):
        return [user(text), refusal(scene, "plain")]
    return [user(text), answered(scene, scene.pick(data["answer"][scene.language]).replace("{what}", entry["what"][scene.language]))]


def refusal(scene: Scene, kind: str, what: str = "") -> dict:
    """A sentence of data/talk/refusals.toml."""
    return answered(scene, scene.pick(_file("refusals")[kind][scene.language]).replace("{what}", what))


def answered(scene: Scene, text: str) -> dict:
    """An answer whose {offer} is written when the order of the tools is known."""
    if "{offer}" not in text:
        return assistant(text)
    # Half of the answers stop where what is missing has been named.
    if text != "{offer}" and scene.chance(0.5):
        return assistant(text.replace("{offer}", "").strip())
    return {**assistant(text), "offer": True}


def offer(tools: list[dict], scene: Scene) -> str:
    """What the first tools of the prompt do: their descriptions where they are in the language of the dialogue, else their names."""
    data = _file("refusals")["offer"]
    if not tools:
        return data["none"][scene.language][0]
    shown = []
    for tool in tools[:LISTED]:
        function = tool.get("function", tool)
        told = first_sentence(function.get("description") or "")
        shown.append(told if told and bool(_HAN.search(told)) == scene.chinese else function["name"])
    template = scene.pick((data["more"] if len(tools) > LISTED else data)[scene.language])
    return template.replace("{list}", ("；" if scene.chinese else "; ").join(shown))


def first_sentence(text: str) -> str:
    text = text.split("\n")[0]
    for end in (". ", "。"):
        text = text.split(end)[0]
    return text.rstrip(".。")
