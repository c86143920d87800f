"""The result of one call is an argument of the next."""
from __future__ import annotations

import functools
from typing import Any, Iterator, NamedTuple

import lexicon
from dialogues.noise import decapital
from dialogues.scene import Request, Scene, assistant, calls, lookup, tool, user
from domains import Result, Tool
from values import Value, parse_kind

# Kinds that a result gives and a later call can take as they are, with their names in words.
NOUNS = {
    "id": (("id", "number", "reference"), ("编号", "号码", "ID")),
    "person": (("person", "name"), ("人", "姓名")),
    "city": (("city", "place"), ("城市", "地点")),
    "country": (("country",), ("国家",)),
    "address": (("address",), ("地址",)),
    "company": (("company",), ("公司",)),
    "product": (("product", "item"), ("商品", "产品")),
    "title": (("title",), ("标题", "名称")),
    "topic": (("topic", "subject"), ("主题",)),
    "email": (("email address", "email"), ("邮箱", "邮箱地址")),
    "phone": (("phone number", "number"), ("电话", "电话号码")),
    "url": (("link", "address"), ("链接", "网址")),
    "file": (("file",), ("文件",)),
    "date": (("date", "day"), ("日期",)),
    "code": (("identifier", "name"), ("标识", "名称")),
    "symbol": (("symbol", "ticker"), ("代码",)),
    "food": (("dish",), ("菜",)),
    "word": (("word",), ("词",)),
}


class Source(NamedTuple):
    """A field of a result from which a chain can start."""

    tool: Tool
    result: Result
    path: str
    kind: str


@functools.lru_cache(maxsize=4)
def sources(library: tuple[Tool, ...]) -> tuple[Source, ...]:
    return tuple(Source(tool, result, path, kind) for tool in library for result in tool.results
                 for path, kind in fields(result.json) if kind in NOUNS)


@functools.lru_cache(maxsize=4)
def targets(library: tuple[Tool, ...]) -> dict[str, tuple[tuple[Tool, str], ...]]:
    out: dict[str, list] = {}
    for tool in library:
        for param in tool.params:
            if param.required and param.kind in NOUNS:
                out.setdefault(param.kind, []).append((tool, param.key))
    return {kind: tuple(found) for kind, found in out.items()}


def fields(node: Any, path: str = "r") -> Iterator[tuple[str, str]]:
    """The drawn texts of a result, with their kinds."""
    if isinstance(node, dict):
        for key, child in node.items():
            yield from fields(child, f"{path}.{key}")
    elif isinstance(node, str) and node.startswith("<") and node.endswith(">"):
        yield path, parse_kind(node[1:-1])["kind"]


def prepare(scene: Scene) -> None:
    starts = sources(scene.library)
    for _ in range(20):
        source = scene.pick(starts)
        ends = targets(scene.library).get(source.kind, ())
        if not ends:
            continue
        end, key = scene.pick(ends)
        if end is source.tool:
            continue
        first, second = scene.add(source.tool), scene.add(end)
        if first is None or second is None:
            scene.tools.clear()
            continue
        form = second.argument(key).form
        if form.name not in (None, "iso") or form.schema["type"] != "string":
            scene.tools.clear()
            continue
        scene.chain = (source, first, second, key)
        return


def turn(scene: Scene) -> list[dict] | None:
    if scene.chain is None:
        return None
    source, first, second, key = scene.chain
    phrases = [phrase for phrase in second.usable(second.tool.say[scene.language]) if phrase.parts[1::2].count(key) == 1]
    openings = first.usable(first.tool.say[scene.language])
    if not phrases or not openings:
        return None
    opening = scene.request(first, scene.pick(openings))
    phrase = scene.pick(phrases)
    drawn = scene.draw_values(second, phrase)
    drawn[key] = Value(None, _reference(scene, source.kind))
    closing = scene.write(phrase, drawn, noisy=False)
    joiner = scene.pick(lexicon.toml("phrases.toml")["then"][scene.language])
    start = opening.text.rstrip(".?!。？！ ") if joiner[0] in ",.，。" else opening.text + ("" if opening.text[-1:] in ".?!。？！" else "." if not scene.chinese else "。")
    text = f"{start}{joiner}{closing if scene.chinese else decapital(closing)}"
    messages = [user(text), calls([opening.call()])]
    if source.tool.errors and scene.chance(0.1):
        outcome = scene.outcome(opening, failed=True)
        return [*messages, tool(outcome.content), assistant(outcome.answer)]
    outcome = scene.outcome(opening, source.result, failed=False)
    found = lookup(outcome.value, source.path)
    drawn[key] = Value(found, scene.show(found))
    request = Request(second, text, drawn)
    final = scene.outcome(request)
    answer = outcome.answer + ("" if scene.chinese else " ") + final.answer
    return [*messages, tool(outcome.content), calls([request.call()]), tool(final.content), assistant(answer)]


def _reference(scene: Scene, kind: str) -> str:
    noun = scene.pick(NOUNS[kind][scene.chinese])
    return scene.pick(lexicon.toml("phrases.toml")["reference"][scene.language]).replace("{noun}", noun)
