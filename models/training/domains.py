"""Loads and validates the tool domains of data/domains/*.toml.

`python3 domains.py` prints every problem with file, tool and fix, and what was loaded.
"""
from __future__ import annotations

import functools
import json
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Sequence

FOLDER = Path(__file__).parent / "data" / "domains"
LANGUAGES = ("en", "zh")
KINDS = frozenset(
    "person given_name city country address company product title topic note id email phone url date time datetime duration weekday "
    "month year int number money percent currency language country_code symbol color food animal plant sport file code word label enum "
    "bool list object".split())
_UNITS = frozenset("年月%元")
_RELATIVE = re.compile(r"^(?:today|tomorrow|yesterday|the day after tomorrow)\b|from (?:now|today)\b")
_SLOT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")


class DomainError(Exception):
    """A data file breaks a rule; the message names file, tool and rule."""


@dataclass(frozen=True)
class Phrase:
    """A text with placeholders, cut at them: parts alternate text, slot, text, ..."""

    parts: tuple[str, ...]
    slots: frozenset[str]

    @staticmethod
    def parse(text: str) -> "Phrase":
        parts = _SLOT.split(text)
        return Phrase(tuple(parts), frozenset(parts[1::2]))

    @functools.cached_property
    def params(self) -> frozenset[str]:
        """The parameters that it names: without results, and `address` for `address.city`."""
        return frozenset(slot.split(".")[0] for slot in self.slots if not slot.startswith("r."))

    def fill(self, texts: dict[str, str]) -> str:
        return assemble(self.parts, texts)


def assemble(parts: Sequence[str], texts: dict[str, str]) -> str:
    """Puts the values into the text; a unit that both the value and the text behind it have is written once."""
    out: list[str] = []
    for index, part in enumerate(parts):
        if index % 2:
            text = texts[part]
            if out and _RELATIVE.search(text) and out[-1][-3:].lower() in ("on ", " on"):
                # Nobody says "on tomorrow".
                kept = out[-1].rstrip()[:-2]
                if not kept or kept[-1:] == " ":
                    out[-1] = kept
                    text = text if kept or len(out) > 1 else text[:1].upper() + text[1:]
            # Two numbers in a row stay two.
            out.append(f" {text}" if out and out[-1][-1:].isdigit() and text[:1].isdigit() and not parts[index - 1] else text)
        elif out and part[:1] in _UNITS and out[-1].endswith(part[0]):
            out.append(part[1:])
        else:
            out.append(part)
    return "".join(out)


@dataclass(frozen=True, eq=False)
class Param:
    key: str
    names: tuple[str, ...]
    spec: dict
    required: bool
    describe: dict[str, list[str]]
    ask: dict[str, list[str]]
    fields: tuple["Param", ...] = ()

    @property
    def kind(self) -> str:
        return self.spec["kind"]


@dataclass(frozen=True)
class Lacking:
    phrase: Phrase
    missing: str


@dataclass(frozen=True, eq=False)
class Result:
    """What a tool may return: JSON with `<kind>` strings to be drawn, and answers that repeat its facts."""

    json: Any
    answer: dict[str, list[Phrase]]


@dataclass(frozen=True, eq=False)
class Tool:
    key: str
    file: str
    names: tuple[str, ...]
    writes: bool
    describe: dict[str, list[str]]
    params: tuple[Param, ...]
    say: dict[str, list[Phrase]]
    again: dict[str, list[Phrase]]
    lacking: dict[str, list[Lacking]]
    results: tuple[Result, ...]
    errors: tuple[Result, ...]
    # What it does, where several tools of a file may do the same; None where no two do.
    cluster: str | None = None

    @functools.cached_property
    def required(self) -> frozenset[str]:
        return frozenset(param.key for param in self.params if param.required)


class _Reader:
    """Reads one tool table and collects its problems."""

    def __init__(self, file: str, table: dict) -> None:
        self.file = file
        self.table = table
        self.key = table.get("key", "?")
        self.problems: list[str] = []

    def problem(self, text: str) -> None:
        self.problems.append(f"{self.file}: tool {self.key}: {text}")

    def texts(self, table: dict, name: str, where: str, need: int = 1) -> dict[str, list[str]]:
        found = table.get(name, {})
        for language in LANGUAGES:
            texts = found.get(language, [])
            if len(texts) < need or not all(isinstance(text, str) and text.strip() for text in texts):
                self.problem(f"{where}{name}.{language} needs at least {need} text(s)")
        return {language: list(found.get(language, [])) for language in LANGUAGES}

    def read(self) -> Tool | None:
        for name in ("key", "names"):
            if not self.table.get(name):
                self.problem(f"{name} is missing")
        if self.table.get("effects") not in ("read", "write"):
            self.problem('effects must be "read" or "write"')
        params = tuple(self._param(table, "param ") for table in self.table.get("param", []))
        if self.problems:
            return None
        if len({param.key for param in params}) != len(params):
            self.problem("two parameters have the same key")
        slots = {key for param in params for key in ([param.key] if not param.fields else [f"{param.key}.{field.key}" for field in param.fields])}
        required = {param.key for param in params if param.required}
        say = self._phrases(self.texts(self.table, "say", "", 5), "say", slots, required)
        again = self._phrases({language: self.table.get("again", {}).get(language, []) for language in LANGUAGES}, "again", slots, set())
        lacking = self._lacking(slots, required)
        results = tuple(self._result(table, slots, "result") for table in self.table.get("result", []))
        errors = tuple(self._result(table, slots, "error") for table in self.table.get("error", []))
        if not results:
            self.problem("needs at least one [[tool.result]]")
        if self.problems:
            return None
        return Tool(self.key, self.file, tuple(self.table["names"]), self.table["effects"] == "write",
                    self.texts(self.table, "describe", ""), params, say, again, lacking, results, errors)

    def _param(self, table: dict, where: str) -> Param:
        key = table.get("key", "?")
        where = f"{where}{key}: "
        kind = table.get("kind")
        if kind not in KINDS:
            self.problem(f"{where}unknown kind {kind!r}")
        if not table.get("names"):
            self.problem(f"{where}names is missing")
        if kind in ("enum", "bool") or (kind == "list" and table.get("of") == "enum"):
            self._choices(table, where)
        if kind == "list" and not (isinstance(table.get("of"), dict) or table.get("of") in KINDS - {"list", "object"}):
            self.problem(f"{where}of must name a simple kind")
        fields = tuple(self._param({"required": True, **entry}, f"{where}field ") for entry in table.get("field", table.get("fields", [])))
        if (kind == "object") != bool(fields):
            self.problem(f"{where}an object, and only an object, has [[tool.param.field]] tables")
        describe = self.texts(table, "describe", where)
        required = bool(table.get("required", True))
        ask = {language: list(table.get("ask", {}).get(language, [])) for language in LANGUAGES}
        spec = {name: table[name] for name in ("kind", "min", "max", "decimals", "of", "values") if name in table}
        return Param(key, tuple(table.get("names", ())), spec, required, describe, ask, fields)

    def _choices(self, table: dict, where: str) -> None:
        for entry in table.get("values", []):
            if "value" not in entry or not entry.get("en") or not entry.get("zh"):
                self.problem(f"{where}each of values needs value, en and zh")
        if not table.get("values"):
            self.problem(f"{where}values is missing")

    def _phrases(self, texts: dict[str, list[str]], where: str, slots: set[str], required: set[str]) -> dict[str, list[Phrase]]:
        out: dict[str, list[Phrase]] = {}
        for language in LANGUAGES:
            out[language] = []
            for text in texts[language]:
                phrase = Phrase.parse(text)
                self._check_slots(phrase, slots, f"{where}.{language}: {text!r}")
                missing = required - phrase.params
                if missing:
                    self.problem(f"{where}.{language}: {text!r} does not say {', '.join(sorted(missing))}")
                out[language].append(phrase)
        return out

    def _check_slots(self, phrase: Phrase, slots: set[str], where: str) -> None:
        unknown = phrase.slots - slots
        if unknown:
            self.problem(f"{where} has unknown placeholder(s) {', '.join(sorted(unknown))}")
        if any(mark in part for part in phrase.parts[::2] for mark in "{}"):
            self.problem(f"{where} has a stray brace")

    def _lacking(self, slots: set[str], required: set[str]) -> dict[str, list[Lacking]]:
        out: dict[str, list[Lacking]] = {}
        for language in LANGUAGES:
            out[language] = []
            for entry in self.table.get("lacking", {}).get(language, []):
                phrase, missing = Phrase.parse(entry["text"]), entry["missing"]
                self._check_slots(phrase, slots, f"lacking.{language}: {entry['text']!r}")
                if missing not in required:
                    self.problem(f"lacking.{language}: {entry['text']!r}: {missing} is no required parameter")
                if missing in phrase.params:
                    self.problem(f"lacking.{language}: {entry['text']!r} says {missing}, which it should lack")
                out[language].append(Lacking(phrase, missing))
        return out

    def _result(self, table: dict, slots: set[str], where: str) -> Result:
        try:
            value = json.loads(table["json"])
        except (KeyError, ValueError) as error:
            self.problem(f"{where}: json cannot be read ({error})")
            value = {}
        paths = {"r"} | {f"r.{path}" for path in _paths(value)}
        answers: dict[str, list[Phrase]] = {}
        for language in LANGUAGES:
            answers[language] = [Phrase.parse(text) for text in table.get("answer", {}).get(language, [])]
            if not answers[language]:
                self.problem(f"{where} {table.get('json')}: answer.{language} is missing")
            for phrase in answers[language]:
                self._check_slots(phrase, slots | paths, f"{where} answer.{language} for {table.get('json')}")
        return Result(value, answers)


def _paths(value: Any, prefix: str = "") -> Iterator[str]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in entries:
        yield f"{prefix}{key}"
        yield from _paths(child, f"{prefix}{key}.")


def read(folder: Path = FOLDER) -> tuple[list[Tool], list[str]]:
    """Every valid tool, and every problem."""
    tools: list[Tool] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            with open(path, "rb") as file:
                tables = tomllib.load(file).get("tool", [])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        for table in tables:
            reader = _Reader(path.name, table)
            tool = reader.read()
            problems += reader.problems
            if tool is None:
                continue
            if tool.key in seen:
                problems.append(f"{path.name}: tool {tool.key}: the key is used in {seen[tool.key]} too")
                continue
            seen[tool.key] = path.name
            tools.append(tool)
    return tools, problems


@functools.cache
def load(folder: Path = FOLDER) -> tuple[Tool, ...]:
    """All tools.

    Raises DomainError with every problem of every file.
    """
    tools, problems = read(folder)
    if problems:
        raise DomainError(f"{len(problems)} problem(s) in {folder}:\n" + "\n".join(problems))
    if not tools:
        raise DomainError(f"{folder} holds no *.toml files with [[tool]] tables")
    return tuple(tools)


if __name__ == "__main__":
    found, wrong = read()
    phrasings = sum(len(tool.say[language]) for tool in found for language in LANGUAGES)
    print("\n".join([*wrong, f"{len(found)} tools in {len({tool.file for tool in found})} files, {phrasings} phrasings, {len(wrong)} problem(s)"]))
    sys.exit(1 if wrong else 0)
