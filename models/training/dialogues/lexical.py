"""Tools named with words of a dictionary, and requests that use others: a synonym, a kind of it, a definition, the other language.

The tools beside the right one are for things of the same kind, or for other deeds, so that only the meaning of the words tells them apart.
"""
from __future__ import annotations

import dataclasses
import re

import combinations
import wordnet
from dialogues.scene import Scene, assistant, user
from domains import LANGUAGES, Param, Phrase, Tool
from values import capital
from wordnet import Sense

GROUP = "lexical"
_ARTICLE = re.compile(r"^(?:a|an|the|any|some) ")


class _Combiner(combinations.Combiner):
    """Makes tools whose requests name the thing in other words than the tool does."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.rng)
        self.values = scene.values
        self.language = scene.language
        self.made = 0

    def slots(self, kind: str, noun: list[str]) -> list[tuple[Param, dict]]:
        return [self._slot(name, noun, True) for name in self.rng.choice(self.phrases["sets"][kind])]

    def tool(self, verb: dict, cluster: str, words: dict[str, str], surfaces: list[str], gloss: str | None, slots: list[tuple[Param, dict]]) -> Tool:
        """surfaces: how requests name the thing, in the language of the dialogue."""
        self.made += 1
        params = tuple(param for param, _ in slots)
        say: dict[str, list[Phrase]] = {language: [] for language in LANGUAGES}
        for surface in self.rng.sample(surfaces, min(3, len(surfaces))):
            say[self.language] += self._say(verb, {language: surface for language in LANGUAGES}, slots, self.language)[:6]
        describe = self._describe(verb, words)
        if gloss:
            english = self.rng.choice(verb["describe_en"])
            describe["en"] = [f"{english} the {words['en']} ({gloss})", f"{english} a {words['en']}: {gloss}", *describe["en"][:1]]
        result = self._result(verb["reads"], words)
        lacking = {language: self._lacking(verb, {language: surfaces[0] for language in LANGUAGES}, params, language) if language == self.language and any(param.required for param in params) else []
                   for language in LANGUAGES}
        main = params[0].key
        again = {language: [Phrase.parse(text.replace("{x}", f"{{{main}}}")) for text in self.phrases["again"][language]] for language in LANGUAGES}
        return Tool(key=f"{GROUP}.{self.made}", file=GROUP, names=self._names(verb, words["en"]), writes=not verb["reads"], describe=describe, params=params, say=say,
                    again=again, lacking=lacking, results=(result,), errors=(), cluster=cluster)

    def kind(self, noun: str, entries: list[dict], required: bool) -> tuple[Param, dict]:
        """A choice among things of one kind."""
        name = re.sub(r"\W+", "_", noun)
        param = Param("choice", (name, f"{name}_type", "kind", "type", "category"), {"kind": "enum", "values": entries}, required,
                      {"en": [f"Kind of {noun}", f"Which {noun}", "What kind it is"], "zh": ["种类", "类别", "哪一种"]}, {"en": ["Which kind?"], "zh": ["请问是哪一种？"]})
        return param, {"tail": [" for {choice}", ", {choice}", " ({choice})", ", it's about {choice}", " - {choice}"], "before": [], "after": ["，{choice}", "（{choice}）", "，类别是{choice}", "，要{choice}"]}


def prepare(scene: Scene) -> None:
    scene.tools.clear()
    scene.lexical = None
    combiner = _Combiner(scene)
    chance = scene.rng.random()
    style = scene.drawer.style
    # A name or a description has to be there, else nothing tells the tools apart.
    scene.drawer.style = dataclasses.replace(style, language="en", bare=0.0)
    if scene.chinese:
        (_chinese_choice if chance < 0.4 else _chinese_tools)(scene, combiner)
    elif chance < 0.35:
        _choice(scene, combiner)
    elif chance < 0.6:
        _deeds(scene, combiner)
    else:
        _things(scene, combiner)


def turn(scene: Scene) -> list[dict] | None:
    """A request for one of the tools, or for one that is not there."""
    present = [definition for definition in scene.tools if definition.tool.file == GROUP]
    if not present:
        return None
    absent = getattr(scene, "lexical", None)
    if absent is not None and scene.chance(0.5):
        definition = scene.drawer.draw(absent, scene.language)
        request = scene.request(definition)
        return [user(request.text), assistant(scene.say("no_tool"))]
    definition = scene.pick(present)
    phrases = definition.usable(definition.tool.say[scene.language])
    if not phrases:
        return None
    request = scene.request(definition, scene.pick(phrases))
    scene.last = (definition, request)
    return [user(request.text), *scene.exchange(request)]


def _add(scene: Scene, tools: list[Tool]) -> None:
    """All tools but the last stand in the prompt; the last one is what nobody can do, now and then."""
    if len(tools) > 2 and scene.chance(0.25):
        scene.lexical = tools.pop()
    for tool in tools:
        scene.add(tool)


def _family(scene: Scene) -> tuple[int, tuple[int, ...]]:
    """Things of one kind, the commoner of two draws."""
    return max((scene.pick(wordnet.families()) for _ in range(2)), key=lambda family: sum(min(20, wordnet.senses("noun")[child].score) for child in family[1]) / len(family[1]))


def _things(scene: Scene, combiner: _Combiner) -> None:
    """One verb, several things of one kind."""
    parent, children = _family(scene)
    chosen = _told_apart(scene, scene.rng.sample(children, min(len(children), scene.pick((2, 3, 4, 5)))), parent)
    kind = scene.pick(("record", "event", "device", "media"))
    verb = combiner.verbs[scene.pick(combiner.words["fits"][kind])]
    _add(scene, [combiner.tool(verb, f"{verb['key']} {canonical}", {language: canonical for language in LANGUAGES}, surfaces, _gloss(scene, sense),
                               combiner.slots(kind, [canonical, canonical])) for sense, canonical, surfaces in chosen])


def _choice(scene: Scene, combiner: _Combiner) -> None:
    """One tool with a choice of things of one kind."""
    parent, children = _family(scene)
    chosen = _told_apart(scene, scene.rng.sample(children, min(len(children), scene.pick((3, 4, 5, 6)))), parent)
    if len(chosen) < 2:
        return
    noun = wordnet.senses("noun")[parent].words[0]
    entries = [{"value": canonical.replace(" ", "_"), "en": surfaces, "zh": surfaces} for _, canonical, surfaces in chosen]
    kind = scene.pick(("record", "event", "person"))
    verb = combiner.verbs[scene.pick(combiner.words["fits"][kind])]
    slots = [*combiner.slots(kind, [noun, noun]), combiner.kind(noun, entries, scene.chance(0.7))]
    scene.add(combiner.tool(verb, f"{verb['key']} {noun}", {language: noun for language in LANGUAGES}, [noun], _gloss(scene, wordnet.senses("noun")[parent]), slots))


def _deeds(scene: Scene, combiner: _Combiner) -> None:
    """One thing, several deeds."""
    verbs = wordnet.senses("verb")
    kind = scene.pick(("record", "event", "text", "file", "media"))
    noun = scene.pick(combiner.words["nouns"][kind])[0]
    taken: set[str] = set()
    parents: set[int] = set()
    tools = []
    slots = combiner.slots(kind, [noun, noun])
    for number in scene.rng.sample(wordnet.deeds(), 5):
        sense = verbs[number]
        if taken & set(sense.words) or sense.parent in parents or number in parents or len(tools) >= 4:
            continue
        taken |= set(sense.words)
        parents |= {number, sense.parent} - {-1}
        # The later words of a meaning are the rarer ones.
        canonical = scene.pick(sense.words[:3])
        others = [word for word in sense.words[:4] if word != canonical]
        verb = {"key": canonical, "names": [re.sub(r"\W+", "_", canonical)], "describe_en": [capital(canonical)], "describe_zh": [canonical], "en": others, "zh": others, "reads": False}
        gloss = sense.gloss if scene.chance(0.6) and len(sense.gloss) < 70 else None
        tools.append(combiner.tool(verb, canonical, {language: noun for language in LANGUAGES}, [noun], f"to {gloss}" if gloss else None, slots))
    _add(scene, tools)


def _chinese_tools(scene: Scene, combiner: _Combiner) -> None:
    """Tools in English for a request in Chinese, with definitions in place of the common words."""
    kind = scene.pick(("record", "event", "device", "media", "text"))
    nouns = scene.rng.sample(combiner.words["nouns"][kind], scene.pick((2, 3, 4)))
    verb = combiner.verbs[scene.pick(combiner.words["fits"][kind])]
    tools = []
    for english, chinese in nouns:
        number = wordnet.only_meaning().get(english)
        gloss = _gloss(scene, wordnet.senses("noun")[number]) if number is not None else None
        tools.append(combiner.tool(verb, f"{verb['key']} {english}", {"en": english, "zh": chinese}, [chinese], gloss, combiner.slots(kind, [english, chinese])))
    _add(scene, tools)


def _chinese_choice(scene: Scene, combiner: _Combiner) -> None:
    """A choice with English values for a request in Chinese."""
    group = scene.pick(("foods", "animals", "plants", "sports", "products", "topics", "colors", "record", "event", "device", "media"))
    entries = scene.rng.sample(wordnet.pairs()[group], scene.pick((3, 4, 5, 6)))
    values = [{"value": english.lower().replace(" ", "_"), "en": [english], "zh": [chinese]} for english, chinese in entries]
    if len({entry["value"] for entry in values}) < len(values) or any(one["zh"][0] in other["zh"][0] for one in values for other in values if one is not other):
        return
    kind = scene.pick(("record", "event", "person"))
    english, chinese = scene.pick(combiner.words["nouns"][kind])
    verb = combiner.verbs[scene.pick(combiner.words["fits"][kind])]
    slots = [*combiner.slots(kind, [english, chinese]), combiner.kind("item", values, scene.chance(0.7))]
    scene.add(combiner.tool(verb, f"{verb['key']} {english}", {"en": english, "zh": chinese}, [chinese], None, slots))


def _told_apart(scene: Scene, numbers: list[int], parent: int) -> list[tuple[Sense, str, list[str]]]:
    """Meanings with the word that the tool uses and those that a request may use; no word fits two of them."""
    nouns = wordnet.senses("noun")
    above = set(nouns[parent].words)
    out: list[tuple[Sense, str, list[str]]] = []
    taken: set[str] = set(above)
    for number in numbers:
        sense = nouns[number]
        kinds = [word for child in wordnet.below("noun").get(number, ()) if nouns[child].score >= 1 for word in nouns[child].words[:2]]
        if taken & {*sense.words, *kinds}:
            continue
        canonical = scene.pick(sense.words[:3])
        surfaces = [word for word in sense.words[:4] if word != canonical and not _alike(word, canonical)]
        surfaces += scene.rng.sample(kinds, min(2, len(kinds)))
        told = _ARTICLE.sub("", sense.gloss)
        if len(told) <= 60 and not re.search(r"[;(,]", told):
            surfaces.append(told)
        if not surfaces:
            surfaces = [canonical]
        taken |= {*sense.words, *kinds}
        out.append((sense, canonical, surfaces))
    return out


def _alike(one: str, other: str) -> bool:
    return one in other or other in one


def _gloss(scene: Scene, sense: Sense) -> str | None:
    return sense.gloss if scene.chance(0.6) else None
