"""Tools combined from verbs, nouns and slots: many more tools than are written by hand, in plainer words.

They stand beside the domain tools in the prompts, so that what a tool does has to be read from its name and description.
"""
from __future__ import annotations

import functools
import random

import lexicon
from domains import LANGUAGES, Lacking, Param, Phrase, Result, Tool
from values import Values, capital, parse_kind

POOL = 6_000
# Every third tool is like the one before it but for the verb or the noun: the same parameters, another deed.
TWIN_EVERY = 3
GROUP = "combined/"
# Verbs that mean much the same to somebody who asks; tools of one cluster and noun never stand in one prompt.
CLUSTERS = (
    "get list search track compare analyze verify calc convert recommend", "create schedule book buy generate subscribe import copy print start play", "delete cancel archive unsubscribe stop reject refund",
    "update rename move restore merge translate", "send share notify export assign", "approve pay", "lock", "unlock", "rate",
)
PHRASES = 12


class Combiner:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.values = Values(rng)
        self.words = lexicon.toml("combinations.toml")
        self.phrases = lexicon.toml("combination_phrases.toml")
        self.verbs = {verb["key"]: verb for verb in self.words["verb"]}

    def draw(self, number: int) -> Tool:
        if number % TWIN_EVERY == TWIN_EVERY - 1:
            return self._twin(number)
        kind = self.rng.choice(list(self.words["nouns"]))
        noun = self.rng.choice(self.words["nouns"][kind])
        # Siblings, which stand in for near-misses, share the plain noun.
        group = GROUP + noun[0]
        chance = self.rng.random()
        if chance < 0.25:
            modifier = self.rng.choice(self.words["attributes"]["modifiers"])
            noun = [f"{modifier[0]} {noun[0]}", modifier[1] + noun[1]]
        elif chance < 0.45:
            # Two things that never met: what counts is that request and description say the same.
            other = self.rng.choice(self.words["nouns"][self.rng.choice(list(self.words["nouns"]))])
            noun = [f"{other[0]} {noun[0]}", other[1] + noun[1]]
        elif chance < 0.6:
            # A word that nobody knows, the same in both languages.
            noun = [self.values.pseudo(self.rng.choice((2, 2, 3))).lower()] * 2
            group = GROUP + noun[0][:1]
        verb = self.verbs[self.rng.choice(self.words["fits"][kind])]
        names = list(self.rng.choice(self.phrases["sets"][kind]))
        free = []
        if self.rng.random() < 0.5:
            if self.rng.random() < 0.5:
                names = []
            free += [self._place() if self.rng.random() < 0.5 else self._measure(noun, index) for index in range(self.rng.choice((1, 1, 2)))]
        elif not verb["reads"] and self.rng.random() < 0.16:
            free.append(self._rows())
        free = list({param.key: (param, texts) for param, texts in free}.values()) + self._extras()
        self.before = (kind, noun, group, verb, names, free)
        return self._tool(number, group, noun, verb, names, free, _cluster(verb))

    def _twin(self, number: int) -> Tool:
        kind, noun, group, verb, names, free = self.before
        if self.rng.random() < 0.5:
            others = [key for key in self.words["fits"][kind] if _cluster(self.verbs[key]) != _cluster(verb)]
            if others:
                other = self.verbs[self.rng.choice(others)]
                return self._tool(number, group, noun, other, names, free, _cluster(other))
        others = [other for other in self.words["nouns"][kind] if other[0] not in noun[0] and noun[0] not in other[0]]
        other = self.rng.choice(others)
        return self._tool(number, group, other, verb, names, free, f"{_cluster(verb)} of {other[0]}")

    def _tool(self, number: int, group: str, noun: list[str], verb: dict, names: list[str], free: list[tuple[Param, dict]], cluster: str) -> Tool:
        slots = list({param.key: (param, texts) for param, texts in [*(self._slot(name, noun, True) for name in names), *free]}.values())
        params = tuple(param for param, _ in slots)
        words = dict(zip(LANGUAGES, noun))
        result = self._result(verb["reads"], words)
        failure = self.rng.randrange(len(self.phrases["failures"]["en"]))
        failures = {language: self.phrases["failures"][language][failure] for language in LANGUAGES}
        error = Result({"error": failures["en"]}, {
            "en": [Phrase.parse(f"The {noun[0]} request failed: {failures['en']}.")], "zh": [Phrase.parse(f"{noun[1]}操作失败：{failures['zh']}。")]})
        main = params[0].key
        return Tool(
            key=f"combined.{number}", file=group, names=self._names(verb, noun[0]), writes=not verb["reads"], describe=self._describe(verb, words),
            params=params, say={language: self._say(verb, words, slots, language) for language in LANGUAGES},
            again={language: [Phrase.parse(text.replace("{x}", f"{{{main}}}")) for text in self.phrases["again"][language]] for language in LANGUAGES},
            lacking={language: self._lacking(verb, words, params, language) for language in LANGUAGES}, results=(result,), errors=(error,), cluster=cluster)

    # --- parameters

    def _slot(self, name: str, noun: list[str], required: bool) -> tuple[Param, dict]:
        slot = self.phrases["slots"][name]
        names = tuple(text.replace("{noun}", noun[0].split(" ")[-1].lower()) for text in slot["names"])
        describe = {language: [text.replace("{noun}", noun[index]) for text in slot[language]] for index, language in enumerate(LANGUAGES)}
        ask = {language: [slot[f"ask_{language}"].replace("{noun}", noun[index])] for index, language in enumerate(LANGUAGES)}
        param = Param(name, names, {"kind": slot["kind"]}, required, describe, ask)
        return param, {key: [text.replace("{x}", f"{{{name}}}") for text in slot[key]] for key in ("tail", "before", "after")}

    def _extras(self) -> list[tuple[Param, dict]]:
        """Now and then an optional choice, flag or attribute."""
        chance = self.rng.random()
        if chance < 0.55:
            return []
        if chance < 0.75:
            entry = self.rng.choice(self.words["enum"])
            values = [{"value": value, "en": [english], "zh": [chinese]} for value, english, chinese in self.rng.sample(entry["values"], min(len(entry["values"]), self.rng.randint(2, 6)))]
            return [self._extra(entry["name"], entry["en"], entry["zh"], {"kind": "enum", "values": values})]
        if chance < 0.85:
            english, chinese = self.rng.choice(self.words["choices"]["flags"])
            param = Param("flag", (english.replace(" ", "_"),), {"kind": "bool", "values": [{"value": True, "en": [english], "zh": [chinese]}]}, False,
                          {"en": [capital(english)], "zh": [chinese]}, {"en": [], "zh": []})
            return [(param, {"tail": [", {flag}", " ({flag})"], "before": [], "after": ["，{flag}", "（{flag}）"]})]
        name, english, chinese, kind = self.rng.choice(self.words["attributes"]["items"])
        return [self._extra(name, english, chinese, parse_kind(kind))]

    def _extra(self, name: str, english: str, chinese: str, spec: dict) -> tuple[Param, dict]:
        param = Param("extra", (name, f"{name}_value"), spec, False, {"en": [capital(english)], "zh": [chinese]}, {"en": [], "zh": []})
        return param, {"tail": [f" with {english} {{extra}}", f", {english} {{extra}}", f" and {english} {{extra}}"], "before": [f"{chinese}为{{extra}}的"],
                       "after": [f"，{chinese}{{extra}}", f"，{chinese}是{{extra}}"]}

    def _rows(self) -> tuple[Param, dict]:
        """A list of things with a number each."""
        entry = self.rng.choice(self.phrases["rows"]["items"])
        thing, count = self.rng.choice(entry["thing"]), self.rng.choice(entry["count"])
        spec = {"kind": "rows", "of": entry["kind"], "thing": thing, "count": count}
        param = Param("rows", tuple(entry["names"]), spec, True, {"en": entry["en"], "zh": entry["zh"]}, {"en": [entry["ask_en"]], "zh": [entry["ask_zh"]]})
        return param, {"tail": [" with {rows}", ": {rows}", " containing {rows}", " of {rows}"], "before": [], "after": ["：{rows}", "，包括{rows}", "，内含{rows}"]}

    def _place(self) -> tuple[Param, dict]:
        """Something that a short label names: zone C, lane 4, 3号门."""
        english, chinese = self.rng.choice(self.words["labels"]["items"])
        if self.rng.random() < 0.15:
            english = chinese = self.values.pseudo(2).lower()
        plain = english.replace(" ", "_")
        spec = {"kind": "int", "min": 1, "max": 60} if self.rng.random() < 0.35 else {"kind": "label"}
        param = Param("label", (plain, plain, f"{plain}_id", f"{plain}_name", f"{plain}_no"), spec, True,
                      {"en": [capital(english), f"The {english}", f"Which {english}"], "zh": [chinese, f"哪个{chinese}", f"{chinese}编号"]},
                      {"en": [f"Which {english}?"], "zh": [f"请问是哪个{chinese}？"]})
        return param, {"tail": [f" {word} {english} {{label}}" for word in ("in", "on", "of", "for", "at", "to")] + [f", {english} {{label}}", f" ({english} {{label}})", f" {english} no. {{label}}"],
                       "before": [f"{{label}}号{chinese}的", f"{chinese}{{label}}的", f"{{label}}{chinese}的"], "after": [f"，{chinese}{{label}}", f"，{chinese}是{{label}}", f"，{{label}}号{chinese}"]}

    def _measure(self, noun: list[str], index: int) -> tuple[Param, dict]:
        """A property that has a name of its own and is set or asked for by it."""
        name, english, chinese, kind = self.rng.choice(self.words["attributes"]["items"])
        if self.rng.random() < 0.4:
            modifier = self.rng.choice(self.words["attributes"]["modifiers"])
            name, english, chinese = f"{modifier[0]}_{name}", f"{modifier[0]} {english}", modifier[1] + chinese
        elif self.rng.random() < 0.2:
            name = english = chinese = self.values.pseudo(2).lower()
        key = f"measure{index}"
        slot = f"{{{key}}}"
        name = name.replace(" ", "_")
        param = Param(key, (name, name, f"{name}_value", f"new_{name}"), parse_kind(kind), True,
                      {"en": [capital(english), f"The {english}", f"{capital(english)} of the {noun[0]}"], "zh": [chinese, f"{noun[1]}的{chinese}", f"{chinese}的值"]},
                      {"en": [f"What {english}?"], "zh": [f"{chinese}是多少？"]})
        return param, {"tail": [f" with {english} {slot}", f", {english} {slot}", f" and {english} {slot}", f" at a {english} of {slot}", f" using {slot} as {english}", f"; the {english} is {slot}"],
                       "before": [f"{chinese}为{slot}的", f"{chinese}{slot}的"], "after": [f"，{chinese}{slot}", f"，{chinese}是{slot}", f"，{chinese}设为{slot}", f"，把{chinese}定为{slot}"]}

    # --- words

    def _names(self, verb: dict, noun: str) -> tuple[str, ...]:
        noun = noun.replace(" ", "_").lower()
        verbs = self.rng.sample(verb["names"], min(3, len(verb["names"])))
        return tuple(f"{name}_{noun}" for name in verbs) + (f"{noun}_{verbs[0]}",)

    def _describe(self, verb: dict, words: dict[str, str]) -> dict[str, list[str]]:
        english, chinese = self.rng.choice(verb["describe_en"]), self.rng.choice(verb["describe_zh"])
        return {
            "en": [f"{english} the {words['en']}", f"{english} {'an' if words['en'][:1].lower() in 'aeiou' else 'a'} {words['en']}.", f"Use this to {english.lower()} the {words['en']}."],
            "zh": [f"{chinese}{words['zh']}", f"用于{chinese}{words['zh']}", f"{chinese}指定的{words['zh']}。"],
        }

    def _say(self, verb: dict, words: dict[str, str], slots: list[tuple[Param, dict]], language: str) -> list[Phrase]:
        out = []
        for index in range(PHRASES):
            used = [slot for slot in slots if slot[0].required or index % 2]
            reading = verb["reads"] and self.rng.random() < 0.4
            pattern = self.rng.choice(self.phrases["reading" if reading else "patterns"][language])
            out.append(Phrase.parse(self._english(pattern, verb, words, used) if language == "en" else self._chinese(pattern, verb, words, used)))
        return out

    def _english(self, pattern: str, verb: dict, words: dict[str, str], used: list[tuple[Param, dict]]) -> str:
        tail = "".join(self.rng.choice(texts["tail"]) for _, texts in used)
        do = self.rng.choice(verb["en"])
        if do.startswith(("I ", "I'", "what")):
            pattern = "{do} the {noun}{tail}"
        head = capital(tail.strip(" ,;()"))
        text = pattern.replace("{do}", do).replace("{noun}", words["en"]).replace("{tail}", tail).replace("{head}", head)
        return capital(text) if self.rng.random() < 0.7 else text

    def _chinese(self, pattern: str, verb: dict, words: dict[str, str], used: list[tuple[Param, dict]]) -> str:
        before = after = ""
        for _, texts in used:
            if texts["before"] and not before and self.rng.random() < 0.65:
                before = self.rng.choice(texts["before"])
            else:
                after += self.rng.choice(texts["after"])
        do = self.rng.choice(verb["zh"])
        return pattern.replace("{do}", do).replace("{before}", before).replace("{noun}", words["zh"]).replace("{after}", after)

    def _lacking(self, verb: dict, words: dict[str, str], params: tuple[Param, ...], language: str) -> list[Lacking]:
        verbs = [text for text in verb[language] if not text.startswith(("I ", "I'", "what", "我"))] or verb[language]
        missing = next(param.key for param in params if param.required)
        texts = (text.replace("{do}", self.rng.choice(verbs)).replace("{noun}", words[language]) for text in self.phrases["lacking"][language])
        return [Lacking(Phrase.parse(text), missing) for text in texts]

    # --- results

    def _result(self, reads: bool, words: dict[str, str]) -> Result:
        fields = self.rng.sample(self.words["attributes"]["items"], self.rng.randint(1, 4 if reads else 2))
        json = {name: f"<{kind}>" for name, _, _, kind in fields}
        if not reads and self.rng.random() < 0.5:
            json = {"status": "ok", **json}
        facts = {"en": ", ".join(f"{english} {{r.{name}}}" for name, english, _, _ in fields), "zh": "，".join(f"{chinese}{{r.{name}}}" for name, _, chinese, _ in fields)}
        key = {"en": "en" if reads else "done_en", "zh": "zh" if reads else "done_zh"}
        answer = {}
        for language in LANGUAGES:
            text = self.rng.choice(self.phrases["answer"][key[language]]).replace("{noun}", words[language]).replace("{facts}", facts[language])
            answer[language] = [Phrase.parse(capital(text) if language == "en" else text)]
        return Result(json, answer)


def _cluster(verb: dict) -> str:
    return next(cluster for cluster in CLUSTERS if verb["key"] in cluster.split(" "))


@functools.cache
def twins() -> dict[str, Tool]:
    """The twin of a tool, by key, in both directions."""
    tools = pool()
    out: dict[str, Tool] = {}
    for number in range(TWIN_EVERY - 1, len(tools), TWIN_EVERY):
        out[tools[number].key], out[tools[number - 1].key] = tools[number - 1], tools[number]
    return out


@functools.cache
def pool(count: int = POOL, seed: str = "combined") -> tuple[Tool, ...]:
    """The combined tools; the same ones for the same seed."""
    combiner = Combiner(random.Random(seed))
    return tuple(combiner.draw(number) for number in range(count))
