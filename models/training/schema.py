"""Draws a concrete tool definition, as an OpenAI-style client would send it, from a tool of the domain files."""
from __future__ import annotations

import dataclasses
import functools
import random
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

import forms
import lexicon
from domains import LANGUAGES, Param, Phrase, Tool
from values import Values, capital, is_held_out

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\x00-\x7f]+")


@dataclass(frozen=True)
class Style:
    """What is alike in all tools of one prompt."""

    language: str
    wrap: bool
    describe_params: float
    closed: bool
    description_last: bool
    strict: bool
    naming: str | None
    bounds: bool
    # Titles beside the names, as generators of schemas write them.
    titles: bool
    # Share of tools that bear optional parameters which few requests mention.
    optional: float
    # Share of tools and parameters without any description.
    bare: float
    # Share of choices whose meaning stands in the description alone: the values are codes, or are told with other words for them.
    coded: float


def draw_style(rng: random.Random, language: str) -> Style:
    chinese = rng.random() < (0.55 if language == "zh" else 0.06)
    return Style(
        language="zh" if chinese else "en",
        wrap=rng.random() < 0.94,
        describe_params=rng.choice((1.0, 1.0, 1.0, 0.95, 0.7, 0.0)),
        closed=rng.random() < 0.12,
        description_last=rng.random() < 0.08,
        strict=rng.random() < 0.04,
        naming=rng.choice((None, None, None, "snake", "snake", "camel", "camel", "pascal", "kebab")),
        bounds=rng.random() < 0.4,
        titles=rng.random() < 0.06,
        optional=rng.choice((0.0, 0.4, 0.6, 0.8)),
        bare=rng.choice((0.01, 0.01, 0.03, 0.15)),
        coded=rng.choice((0.0, 0.0, 0.3, 0.6)),
    )


def words_of(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def styled(words: list[str], naming: str) -> str:
    if naming == "camel":
        return words[0] + "".join(capital(word) for word in words[1:])
    if naming == "pascal":
        return "".join(capital(word) for word in words)
    return ("-" if naming == "kebab" else "_").join(words)


@dataclass(frozen=True)
class Argument:
    """A parameter as it appears in one prompt."""

    param: Param
    name: str
    form: forms.Form
    schema: dict
    fields: tuple["Argument", ...] = ()
    # The one value of a parameter that the schema leaves no choice.
    fixed: str | None = None


@dataclass(frozen=True)
class Definition:
    """A tool as it appears in one prompt."""

    tool: Tool
    name: str
    description: str | None
    arguments: tuple[Argument, ...]
    json: dict
    # What may be said of the optional parameters that no phrase of the tool speaks of.
    remarks: tuple[tuple[str, dict[str, list[Phrase]]], ...] = ()

    def argument(self, key: str) -> Argument:
        return next(argument for argument in self.arguments if argument.param.key == key)

    @functools.cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(argument.param.key for argument in self.arguments)

    @property
    def required(self) -> frozenset[str]:
        return self.tool.required

    def usable(self, phrases: list[Phrase]) -> list[Phrase]:
        """The phrases that speak only of parameters which this definition has."""
        return [phrase for phrase in phrases if phrase.params <= self.keys]


class Extra(NamedTuple):
    """A parameter of data/optional.toml."""

    param: Param
    effects: str
    default: Any
    say: dict[str, list[Phrase]]
    plain: frozenset[str]


@functools.cache
def extras() -> tuple[Extra, ...]:
    out = []
    for entry in lexicon.toml("optional.toml")["optional"]:
        key = "optional_" + entry["names"][0]
        spec = {name: entry[name] for name in ("kind", "min", "max", "of", "values") if name in entry}
        param = Param(key, tuple(entry["names"]), spec, False, entry["describe"], {language: [] for language in LANGUAGES})
        say = {language: [Phrase.parse(text.replace("{x}", "{" + key + "}")) for text in entry["say"][language]] for language in LANGUAGES}
        out.append(Extra(param, entry["for"], entry.get("default"), say, frozenset(_plain(name) for name in entry["names"])))
    return tuple(out)


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


class Drawer:
    """Draws definitions for one prompt."""

    def __init__(self, values: Values, style: Style) -> None:
        self.values = values
        self.rng = values.rng
        self.style = style

    def draw(self, tool: Tool, language: str) -> Definition:
        params = self._kept(tool, language)
        arguments: list[Argument] = []
        names: set[str] = set()
        for param in self.rng.sample(params, len(params)) if self.rng.random() < 0.4 else params:
            argument = self._argument(param, self._param_name(param, names), tool)
            names.add(argument.name)
            arguments.append(argument)
        remarks = self._optional(tool, arguments, names)
        name, meaningless = self._tool_name(tool)
        description = self.rng.choice(tool.describe[self.style.language]) if meaningless or self.rng.random() >= self.style.bare else None
        return Definition(tool, name, description, tuple(arguments), self._json(name, description, tool, arguments), remarks)

    def _optional(self, tool: Tool, arguments: list[Argument], names: set[str]) -> tuple[tuple[str, dict[str, list[Phrase]]], ...]:
        """Adds optional parameters that only a remark beside the request speaks of; now and then one with a fixed value."""
        remarks: list[tuple[str, dict[str, list[Phrase]]]] = []
        if self.rng.random() < self.style.optional:
            taken = {_plain(name) for param in tool.params for name in param.names} | {_plain(name) for name in names}
            fitting = [entry for entry in extras() if entry.effects in ("any", "write" if tool.writes else "read") and not taken & entry.plain]
            for entry in self.rng.sample(fitting, min(len(fitting), self.rng.choice((1, 1, 2, 2, 3)))):
                argument = self._argument(entry.param, self._param_name(entry.param, names), None, entry.default)
                names.add(argument.name)
                arguments.insert(self.rng.randint(0, len(arguments)) if self.rng.random() < 0.3 else len(arguments), argument)
                remarks.append((entry.param.key, entry.say))
        if self.rng.random() < 0.015:
            name = next((name for name in ("type", "kind", "api_version", "source") if name not in names), None)
            if name:
                value = {"api_version": "v1", "source": "chat"}.get(name, words_of(tool.names[0] or "request")[-1])
                schema = {"type": "string", "const": value} if self.rng.random() < 0.5 else {"type": "string", "enum": [value]}
                param = Param("fixed", (name,), {"kind": "word"}, True, {language: [name] for language in LANGUAGES}, {language: [] for language in LANGUAGES})
                arguments.append(Argument(param, name, forms.PLAIN[0], schema, (), value))
        return tuple(remarks)

    def _kept(self, tool: Tool, language: str) -> list[Param]:
        kept = [param for param in tool.params if param.required or self.rng.random() < 0.75]
        keys = frozenset(param.key for param in kept)
        enough = sum(phrase.params <= keys for phrase in tool.say[language]) >= 3
        return kept if enough else list(tool.params)

    # --- names

    def _tool_name(self, tool: Tool) -> tuple[str, bool]:
        """A name, and whether it means nothing without the description. Names are split like values."""
        for _ in range(40):
            name, meaningless = self._any_tool_name(tool)
            if is_held_out(name) == self.values.held_out:
                return name, meaningless
        while is_held_out(name) != self.values.held_out:
            name = f"{name}_{self.values.en_word().lower()}" if name.isascii() else name + self.values.han(1)
        return name, meaningless

    def _any_tool_name(self, tool: Tool) -> tuple[str, bool]:
        name, naming = self.rng.choice(tool.names), self.style.naming
        chance = self.rng.random()
        if chance < 0.05:
            words = [self.values.pseudo().lower() for _ in range(self.rng.randint(1, 2))]
            return styled(words, naming or "snake"), True
        if chance < 0.09 and self.style.language == "zh":
            short = [text for text in tool.describe["zh"] if len(text) <= 8 and text.isalpha()]
            if short:
                return self.rng.choice(short), False
        words = words_of(name) or [name]
        if chance < 0.16:
            words.append(self.rng.choice(("tool", "api", "v2", "now", "info", "service", "action", "request", "2")))
        elif chance < 0.25:
            words.insert(0, self.rng.choice(("my", "app", "do", "ext", "core", "user", "sys", self.values.en_word().lower())))
        elif naming is None:
            return name, False
        return styled(words, naming or self.rng.choice(("snake", "snake", "camel"))), False

    def _param_name(self, param: Param, taken: set[str]) -> str:
        name = self.rng.choice(param.names)
        if self.style.naming in ("snake", "camel") and name.isascii():
            name = styled(words_of(name) or [name], self.style.naming)
        if self.style.language == "zh" and self.rng.random() < 0.03:
            short = [text for text in param.describe["zh"] if len(text) <= 6 and text.isalpha()]
            name = self.rng.choice(short) if short else name
        for suffix in ("", "_value", "_2", "_3", "_4"):
            if name + suffix not in taken:
                return name + suffix
        return f"{param.key}_{len(taken)}"

    # --- schemas

    def _argument(self, param: Param, name: str, tool: Tool | None = None, default: Any = None) -> Argument:
        kind = param.kind
        if kind == "enum" and self.rng.random() < self.style.coded:
            param = self._coded(param)
        if kind == "object":
            return self._object(param, name, tool)
        if kind == "list":
            item = param.spec["of"]
            item = item if isinstance(item, dict) else {**{key: param.spec[key] for key in ("values",) if key in param.spec}, "kind": item}
            form = forms.choose(item["kind"], self.rng)
            schema = {"type": "array", "items": self._simple(item, form)}
            if self.style.bounds and self.rng.random() < 0.3:
                schema["minItems"] = 1
        else:
            form = forms.choose(kind, self.rng)
            schema = self._simple(param.spec, form)
        if not param.required:
            schema, default = self._left_out(schema, param, default)
        return Argument(param, name, form, self._described(schema, param, form, name, default))

    def _coded(self, param: Param) -> Param:
        """The same choice with a description that tells what each value means, in the words of requests; mostly the values become codes."""
        entries = param.spec["values"]
        if not all(isinstance(entry["value"], str) for entry in entries):
            return param
        codes = self._codes([entry["value"] for entry in entries]) if self.rng.random() < 0.7 else [entry["value"] for entry in entries]
        language = self.style.language
        sign, between = self.rng.choice(((" = ", "; "), (": ", ", "), (" - ", "; "), (" for ", ", ")) if language == "en" else (("=", "；"), ("：", "；"), ("表示", "，"), ("为", "，")))
        others = " / " if language == "en" else "/"
        told = between.join(f"{code}{sign}{others.join(entry[language][:3])}" for code, entry in zip(codes, entries))
        return dataclasses.replace(param, spec={**param.spec, "values": [{**entry, "value": code} for code, entry in zip(codes, entries)], "told": told})

    def _codes(self, values: list[str]) -> list:
        """Values that mean nothing by themselves."""
        count = len(values)
        chance = self.rng.random()
        if chance < 0.25:
            first = self.rng.choice((0, 1, 1, 10))
            codes: list = [first + index * (10 if first == 10 else 1) for index in range(count)]
        elif chance < 0.45:
            codes = [chr(ord("A") + index) for index in range(count)]
        elif chance < 0.65:
            codes = [value.upper().replace("_", "")[:3] for value in values]
        elif chance < 0.8:
            prefix = self.rng.choice(("type_", "T", "opt", "C-", "L"))
            codes = [f"{prefix}{index + 1}" for index in range(count)]
        else:
            codes = [self.values.pseudo(1 if index % 2 else 2).lower() for index in range(count)]
        return codes if len(set(codes)) == count else [f"v{index}" for index in range(1, count + 1)]

    def _left_out(self, schema: dict, param: Param, default: Any) -> tuple[dict, Any]:
        """What schemas say of a parameter that may be left out: null as a type, or a default in the schema or, returned, in words."""
        chance = self.rng.random()
        if default is None and "enum" in schema and chance < 0.2:
            default = self.rng.choice(schema["enum"])
        if schema.get("type") == "string" and "enum" not in schema and chance > 0.95:
            return {**schema, "type": ["string", "null"]}, None
        if default is None or chance > 0.75:
            return schema, None
        if chance < 0.4:
            return {**schema, "default": default}, None
        return schema, default

    def _simple(self, spec: dict, form: forms.Form) -> dict:
        kind = spec["kind"]
        if kind == "enum":
            values = [entry["value"] for entry in spec["values"]]
            kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
            return {"type": kinds[type(values[0])], "enum": values}
        if kind == "bool":
            return {"type": "boolean"}
        if kind == "rows":
            fields = {spec["thing"]: {"type": "string"}, spec["count"]: {"type": "integer"}}
            return {"type": "array", "items": {"type": "object", "properties": fields, "required": list(fields)}}
        schema = dict(form.schema)
        if kind in ("int", "number") and self.style.bounds and "max" in spec and self.rng.random() < 0.6:
            whole = kind == "int"
            schema["minimum"], schema["maximum"] = (int(bound) if whole or bound == int(bound) else bound for bound in (spec.get("min", 0), spec["max"]))
        return schema

    def _object(self, param: Param, name: str, tool: Tool | None) -> Argument:
        taken: set[str] = set()
        fields: list[Argument] = []
        for field in param.fields:
            argument = self._argument(field, self._param_name(field, taken))
            taken.add(argument.name)
            fields.append(argument)
        always = _always_named(tool, param) if tool else frozenset(field.key for field in param.fields)
        schema: dict = {"type": "object", "properties": {field.name: field.schema for field in fields}}
        required = [field.name for field in fields if field.param.required and field.param.key in always]
        if required:
            schema["required"] = required
        form = forms.PLAIN[0]
        return Argument(param, name, form, self._described(schema, param, form, name), tuple(fields))

    def _described(self, schema: dict, param: Param, form: forms.Form, name: str, default: Any = None) -> dict:
        if self.style.titles:
            title = " ".join(capital(word) for word in words_of(name)) or name
            schema = {**schema, "title": title}
        language = self.style.language
        hints = form.zh if language == "zh" else form.en
        text = self.rng.choice(param.describe[language]) if self.rng.random() < self.style.describe_params else ""
        if "told" in param.spec:
            told = param.spec["told"]
            text = f"{text.rstrip('.。')}{': ' if language == 'en' else '：'}{told}" if text else told
        if hints:
            hint = self.rng.choice(hints)
            if not text:
                text = capital(hint)
            elif language == "zh":
                text = f"{text.rstrip('。')}{self.rng.choice(('，', '（'))}{hint}"
                text += "）" if "（" + hint in text else ""
            else:
                text = f"{text.rstrip('.')}{self.rng.choice((f', {hint}', f' ({hint})'))}"
        if default is not None:
            said = str(default).lower() if isinstance(default, bool) else default
            remark = self.rng.choice((f"默认{said}", f"可选，默认为{said}", f"缺省值：{said}") if language == "zh" else (f"default {said}", f"optional, defaults to {said}", f"default: {said}"))
            text = f"{text.rstrip('。.')}（{remark}）" if language == "zh" and text else f"{text.rstrip('.')} ({remark})" if text else capital(remark)
        elif not param.required and text and self.rng.random() < 0.15:
            text = f"{text.rstrip('。')}（可选）" if language == "zh" else self.rng.choice((f"{text.rstrip('.')} (optional)", f"Optional. {text}"))
        if not text:
            return schema
        if self.style.description_last or self.rng.random() < 0.7:
            return {**schema, "description": text}
        return {"description": text, **schema}

    def _json(self, name: str, description: str | None, tool: Tool, arguments: list[Argument]) -> dict:
        parameters: dict = {"type": "object", "properties": {argument.name: argument.schema for argument in arguments}}
        required = [argument.name for argument in arguments if argument.param.required]
        if required or self.rng.random() < 0.5:
            parameters["required"] = required
        if self.style.closed:
            parameters["additionalProperties"] = False
        function: dict = {"name": name}
        if description and not self.style.description_last:
            function["description"] = description
        function["parameters"] = parameters
        if description and self.style.description_last:
            function["description"] = description
        if self.style.strict:
            function["strict"] = True
        return {"type": "function", "function": function} if self.style.wrap else function


@functools.lru_cache(maxsize=4096)
def _always_named(tool: Tool, param: Param) -> frozenset[str]:
    """The fields of an object that every phrase names which names the object at all."""
    always: frozenset[str] | None = None
    for phrases in (*tool.say.values(), *tool.again.values()):
        for phrase in phrases:
            named = frozenset(slot.split(".")[1] for slot in phrase.slots if slot.startswith(param.key + "."))
            if named:
                always = named if always is None else always & named
    return always if always is not None else frozenset()
