"""What one dialogue is made of: chance, values, language, tools in the prompt, and how requests, results and answers are written."""
from __future__ import annotations

import copy
import json
import random
from dataclasses import dataclass, field
from typing import Any, Callable

import combinations
import domains
import lexicon
import schema
from dialogues import formats, noise, systems
from domains import Phrase, Result, Tool
from schema import Definition
from values import Value, Values, parse_kind


@dataclass
class Dialogue:
    family: str
    language: str
    tools: list[dict]
    messages: list[dict]
    # The messages that belong to the family, and not to the turns around it: first index, and the one behind the last.
    focus: tuple[int, int]
    # Of twins: the words for the value that the one tells and the other does not.
    value: str | None = None


@dataclass
class Request:
    """A request of the user: its text, the values by slot, and the call it asks for."""

    definition: Definition
    text: str
    drawn: dict[str, Value]

    def call(self) -> dict:
        return {"name": self.definition.name, "arguments": self.arguments()}

    def arguments(self) -> dict:
        out: dict[str, Any] = {}
        for argument in self.definition.arguments:
            key = argument.param.key
            if argument.fixed is not None:
                out[argument.name] = argument.fixed
            elif argument.fields:
                nested = {field.name: self.drawn[f"{key}.{field.param.key}"].json for field in argument.fields if f"{key}.{field.param.key}" in self.drawn}
                if nested:
                    out[argument.name] = nested
            elif key in self.drawn:
                out[argument.name] = self.drawn[key].json
        return out


@dataclass
class Outcome:
    """What the tool returned and what the assistant says to it."""

    content: str
    value: Any
    answer: str
    failed: bool = False


class Scene:
    """One dialogue in the making."""

    def __init__(self, rng: random.Random, language: str, held_out: bool = False, library: tuple[Tool, ...] | None = None) -> None:
        self.rng = rng
        self.language = language
        self.held_out = held_out
        self.library = domains.load() if library is None else library
        # Some prompts have combined tools among the others.
        self.combined = lexicon.toml("mixture.toml")["combined_tools"] if library is None and rng.random() < 0.6 else 0.0
        self.system, today = systems.draw(rng, language)
        self.values = Values(rng, held_out, today)
        self.drawer = schema.Drawer(self.values, schema.draw_style(rng, language))
        self.tools: list[Definition] = []
        self.raw_tools: list[dict] = []
        self.no_tools = False
        # Whether the prompt holds something that might know anything: passages, or a tool that searches them.
        self.knows_anything = False
        self.chain = None
        # Which of two twins this is: whether the value in question is told.
        self.told = True
        self.twin_value: str | None = None
        # Whether the last question stands in a frame with passages: the product frames none before it, so nothing follows.
        self.framed = False
        self.compact_results = rng.random() < 0.5
        self.last: tuple[Definition, Request] | None = None
        # What has been named so far: files of tools with the keys of their parameters.
        self.named: set[tuple[str, str]] = set()
        # What the assistant has asked for, likewise: it did not know it.
        self.asked: set[tuple[str, str]] = set()

    # --- chance

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, items):
        return self.rng.choice(items)

    @property
    def chinese(self) -> bool:
        return self.language == "zh"

    # --- tools

    def any_tool(self) -> Tool:
        return self.pick(combinations.pool()) if self.chance(self.combined) else self.pick(self.library)

    def clashes(self, tool: Tool) -> bool:
        """Whether the prompt holds a tool that does the same, so that a request would fit both."""
        return any(present.tool is tool or tool.cluster is not None and (present.tool.file, present.tool.cluster) == (tool.file, tool.cluster) for present in self.tools)

    def add(self, tool: Tool) -> Definition | None:
        """Puts a tool into the prompt; None where its name, or one that does the same, is there already."""
        if self.clashes(tool):
            return None
        taken = {present.name for present in self.tools} | {raw.get("function", raw)["name"] for raw in self.raw_tools}
        for _ in range(8):
            definition = self.drawer.draw(tool, self.language)
            if definition.name not in taken:
                self.tools.append(definition)
                return definition
        return None

    def add_raw(self, tool: dict) -> None:
        """Puts a tool into the prompt that no domain file describes; once, however many parts of a dialogue bring it."""
        name = tool.get("function", tool)["name"]
        if all(present.get("function", present)["name"] != name for present in self.raw_tools):
            self.raw_tools.append(tool)

    def fill_tools(self, total: int, avoid: frozenset[str] = frozenset()) -> None:
        """Adds near-misses of the tools at hand, and any others, until there are `total` tools."""
        for _ in range(total * 4):
            if len(self.tools) + len(self.raw_tools) >= total:
                break
            near = [present.tool.file for present in self.tools if present.tool.file.startswith(combinations.GROUP) or present.tool.file in by_file(self.library)]
            if near and self.chance(0.55):
                file = self.pick(near)
                twin = next((combinations.twins().get(present.tool.key) for present in self.tools if present.tool.file == file), None)
                tool = twin if twin is not None and self.chance(0.4) else self.pick(by_file(combinations.pool() if file.startswith(combinations.GROUP) else self.library)[file])
            else:
                tool = self.any_tool()
            if tool.key not in avoid and tool.file not in avoid:
                self.add(tool)

    def shuffled_tools(self) -> list[dict]:
        tools = [definition.json for definition in self.tools] + self.raw_tools
        self.rng.shuffle(tools)
        return tools

    def usable(self, need: Callable[[Definition], bool] = lambda definition: True) -> Definition | None:
        options = [definition for definition in self.tools if need(definition) and definition.usable(definition.tool.say[self.language])]
        return self.pick(options) if options else None

    # --- requests

    def draw_values(self, definition: Definition, phrase: Phrase, given: dict[str, Value] | None = None) -> dict[str, Value]:
        """A value for every slot of the phrase, except those given."""
        drawn: dict[str, Value] = {}
        for slot in phrase.parts[1::2]:
            if slot in drawn or slot.startswith("r."):
                continue
            drawn[slot] = given[slot] if given and slot in given else self.draw_slot(definition, slot)
        return drawn

    def draw_slot(self, definition: Definition, slot: str) -> Value:
        key, _, inner = slot.partition(".")
        argument = definition.argument(key)
        if inner:
            argument = next(field for field in argument.fields if field.param.key == inner)
        return self.values.draw(argument.param.spec, self.language, argument.form.name)

    def request(self, definition: Definition, phrase: Phrase | None = None, given: dict[str, Value] | None = None, noisy: bool = True) -> Request:
        phrase = phrase or self.pick(definition.usable(definition.tool.say[self.language]))
        drawn = self.draw_values(definition, phrase, given)
        self.named |= {(definition.tool.file, slot) for slot in drawn}
        text = self.write(phrase, drawn, noisy)
        if given is None:
            text = self.remark(definition, text, drawn)
        return Request(definition, text, {**(given or {}), **drawn})

    def remark(self, definition: Definition, text: str, drawn: dict[str, Value]) -> str:
        """Now and then the request goes on with a sentence about an optional parameter."""
        for key, say in definition.remarks:
            if self.chance(0.12):
                phrase = self.pick(say[self.language])
                drawn[key] = self.draw_slot(definition, key)
                said = phrase.fill({key: drawn[key].text})
                ends = text[-1:] in ".!?。！？…～,，"
                text = f"{text}{'' if ends else '。'}{said}" if self.chinese else f"{text}{'' if ends else '.'} {said}"
        return text

    def write(self, phrase: Phrase, drawn: dict[str, Value], noisy: bool = True) -> str:
        texts = {slot: value.text for slot, value in drawn.items()}
        return noise.write(phrase, texts, self.language, self.rng) if noisy else phrase.fill(texts)

    # --- results and answers

    def sentence(self, text: str) -> str:
        """The text with a full stop where it ends in no mark."""
        return text if text[-1:] in ".!?。！？…～" else text + ("。" if self.chinese else ".")

    def outcome(self, request: Request, result: Result | None = None, failed: bool | None = None) -> Outcome:
        tool = request.definition.tool
        if result is None:
            failed = bool(tool.errors) and self.chance(0.12) if failed is None else failed and bool(tool.errors)
            result = self.pick(tool.errors if failed else tool.results)
        value = self.fill_result(result.json)
        answer = self.answer(result, value, request.drawn)
        if not failed and isinstance(value, dict) and self.chance(0.2):
            value = self.with_noise_fields(value)
        return Outcome(self.dump(value), value, answer, bool(failed))

    def fill_result(self, node: Any) -> Any:
        if isinstance(node, dict):
            return {key: self.fill_result(child) for key, child in node.items()}
        if isinstance(node, list):
            return [self.fill_result(child) for child in node]
        if isinstance(node, str) and node.startswith("<") and node.endswith(">"):
            spec = parse_kind(node[1:-1])
            return self.values.draw(spec, self.language, "text").json
        if isinstance(node, str) and "<" in node:
            return self.values.fill(node.replace("<", "{").replace(">", "}"), self.language)
        return node

    def with_noise_fields(self, value: dict) -> dict:
        """Fields that no answer speaks of."""
        extra = self.pick(({"request_id": self.values.digits(6)}, {"elapsed_ms": self.rng.randint(2, 900)}, {"ok": True}, {"source": self.values.en_word().lower()}, {"version": self.rng.randint(1, 4)}))
        extra = {key: child for key, child in extra.items() if key not in value}
        return {**extra, **value} if self.chance(0.3) else {**value, **extra}

    def dump(self, value: Any) -> str:
        if self.compact_results:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return json.dumps(value, ensure_ascii=False)

    def answer(self, result: Result, value: Any, drawn: dict[str, Value]) -> str:
        usable = [phrase for phrase in result.answer[self.language] if all(slot in drawn or slot.startswith("r.") or slot == "r" for slot in phrase.slots)]
        if not usable:
            return self.plain_answer(value)
        phrase = self.pick(usable)
        texts = {slot: drawn[slot].text if slot in drawn else self.show(lookup(value, slot)) for slot in phrase.slots}
        return phrase.fill(texts).strip()

    def plain_answer(self, value: Any) -> str:
        """The facts as they are, where no written answer fits what is known."""
        if not isinstance(value, dict):
            return f"结果：{self.show(value)}。" if self.chinese else f"Result: {self.show(value)}."
        facts = [f"{key}：{self.show(child)}" if self.chinese else f"{key.replace('_', ' ')}: {self.show(child)}" for key, child in value.items()]
        return "，".join(facts) + "。" if self.chinese else ", ".join(facts) + "."

    def show(self, value: Any) -> str:
        if isinstance(value, bool):
            return ("是" if value else "否") if self.chinese else ("yes" if value else "no")
        if value is None:
            return "无" if self.chinese else "none"
        if isinstance(value, list):
            return ("、" if self.chinese else ", ").join(self.show(child) for child in value)
        if isinstance(value, dict):
            return ("，" if self.chinese else ", ").join(self.show(child) for child in value.values())
        return str(value)

    # --- messages

    def say(self, key: str, **texts: str) -> str:
        """A sentence of the assistant from data/replies.toml."""
        template = self.pick(lexicon.toml("replies.toml")[key][self.language])
        for name, text in texts.items():
            template = template.replace("{" + name + "}", text)
        return template

    def exchange(self, request: Request, outcome: Outcome | None = None) -> list[dict]:
        """Call, result, answer; a result that is not given is now and then in another format."""
        if outcome is None:
            outcome = self.outcome(request)
            failed = outcome.failed or isinstance(outcome.value, dict) and "error" in outcome.value
            if not failed and self.chance(lexicon.toml("mixture.toml")["other_formats"]):
                outcome = Outcome(formats.rewritten(self, outcome.value), outcome.value, outcome.answer, outcome.failed)
        return [calls([request.call()]), tool(outcome.content), assistant(outcome.answer)]


def lookup(value: Any, slot: str) -> Any:
    """The value at `r.items.0.name`."""
    for step in slot.split(".")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


_FILES: dict[int, tuple[tuple[Tool, ...], dict[str, list[Tool]]]] = {}


def by_file(library: tuple[Tool, ...]) -> dict[str, list[Tool]]:
    # The library is kept beside its index, so its id stays its own.
    if id(library) not in _FILES:
        index: dict[str, list[Tool]] = {}
        for tool in library:
            index.setdefault(tool.file, []).append(tool)
        _FILES[id(library)] = (library, index)
    return _FILES[id(library)][1]


def user(text: str) -> dict:
    return {"role": "user", "content": text}


def assistant(text: str, train: bool = True) -> dict:
    message: dict = {"role": "assistant", "content": text}
    return message if train else {**message, "train": False}


def calls(requested: list[dict], train: bool = True) -> dict:
    message: dict = {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": copy.deepcopy(call)} for call in requested]}
    return message if train else {**message, "train": False}


def tool(content: str) -> dict:
    return {"role": "tool", "content": content}
