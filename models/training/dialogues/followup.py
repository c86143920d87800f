"""Follow-ups: what is new is said, everything else is carried over; a changed mind; a pronoun for what was named before."""
from __future__ import annotations

import lexicon
from dialogues import pointing, shared, single
from dialogues.scene import Request, Scene, user
from schema import Definition
from values import Value

# Kinds whose values are told from those of other kinds by their look.
TELLING = frozenset("date time datetime city country person given_name weekday month email phone url money percent duration currency company file id enum color".split())


def prepare(scene: Scene) -> None:
    """A tool, and mostly a second one that takes a value of the same kind, or one that its result has."""
    if scene.chance(0.25):
        pair = scene.pick(pointing.handing_on(scene.library))
        if scene.add(pair.first) and scene.add(pair.second):
            return
    shared.add_pair(scene)


def turn(scene: Scene) -> list[dict] | None:
    """Needs a request before it; makes one where there is none."""
    before: list[dict] = []
    if scene.chance(0.6):
        messages = pointing.handed_on(scene)
        if messages:
            return messages
    if scene.chance(0.15):
        messages = _changed_mind(scene)
        if messages:
            return messages
    if scene.last is None:
        before = single.turn(scene) or []
    if scene.last is None:
        return None
    messages = list(before)
    for _ in range(scene.rng.choices((1, 2, 3), (55, 30, 15))[0]):
        request = _next(scene, scene.last[1])
        if request is None:
            break
        scene.last = (request.definition, request)
        messages += [user(request.text), *scene.exchange(request)]
    return messages if len(messages) > len(before) else None


def _next(scene: Scene, previous: Request) -> Request | None:
    makers = scene.rng.sample((again, again, changed, changed, pointed, pointed, pointed, extended, two_changed), 9)
    return next((request for make in makers if (request := make(scene, previous)) is not None), None)


def again(scene: Scene, previous: Request) -> Request | None:
    """One of the tool's own short follow-ups."""
    definition = previous.definition
    phrases = [phrase for phrase in definition.usable(definition.tool.again[scene.language]) if phrase.slots]
    if not phrases:
        return None
    for _ in range(6):
        phrase = scene.pick(phrases)
        request = scene.request(definition, phrase, {})
        drawn = {**previous.drawn, **request.drawn}
        follow_up = Request(definition, request.text, drawn)
        if follow_up.arguments() != previous.arguments() and definition.required <= {slot.split(".")[0] for slot in drawn}:
            return follow_up
    return None


def alone(definition: Definition, key: str) -> bool:
    """Whether a bare value can only be meant for that parameter."""
    kind = definition.argument(key).param.kind
    kinds = [argument.param.kind for argument in definition.arguments]
    related = {"date": ("datetime",), "time": ("datetime",), "person": ("given_name",), "given_name": ("person",), "city": ("country", "address")}.get(kind, ())
    return kind in TELLING and kinds.count(kind) == 1 and not any(other in kinds for other in related) and not key.startswith("optional_")


def changed(scene: Scene, previous: Request) -> Request | None:
    """The same once more with one value changed."""
    definition = previous.definition
    keys = [key for key in previous.drawn if "." not in key and not key.startswith("optional_") and definition.argument(key).param.kind not in ("note", "list", "rows", "bool")]
    if not keys:
        return None
    key = scene.pick(keys)
    value = _other(scene, definition, key, previous.drawn[key])
    if value is None:
        return None
    name = shared.label(scene, definition.argument(key).param)
    phrases = lexicon.toml("phrases.toml")
    if alone(definition, key) and (name is None or scene.chance(0.6)):
        text = _ellipsis(scene, definition.argument(key).param.kind).replace("{value}", value.text)
    elif name is not None and definition.argument(key).param.kind != "enum":
        # The words for a choice are often half a sentence, which no label can stand before.
        text = _labelled(scene, "label_change", name, value)
    else:
        return None
    return Request(definition, text, {**previous.drawn, key: value})


def _ellipsis(scene: Scene, kind: str) -> str:
    """A few words around a value that takes the place of the one before."""
    phrases = lexicon.toml("phrases.toml")
    if scene.chance(0.35):
        return scene.pick(phrases["instead"][scene.language])
    kinds = phrases["instead_kind"]
    return scene.pick(kinds[kind if kind in kinds and scene.chance(0.6) else "any"][scene.language])


def two_changed(scene: Scene, previous: Request) -> Request | None:
    """Two values of different kinds change at once."""
    definition = previous.definition
    keys = [key for key in previous.drawn if "." not in key and alone(definition, key)]
    if len(keys) < 2:
        return None
    chosen = scene.rng.sample(keys, 2)
    values = {key: _other(scene, definition, key, previous.drawn[key]) for key in chosen}
    if None in values.values():
        return None
    texts = [value.text for value in values.values()]
    value = ("，" if scene.chinese else ", ").join(texts) if scene.chance(0.5) else ("和" if scene.chinese else " and ").join(texts)
    return Request(definition, _ellipsis(scene, "any").replace("{value}", value), {**previous.drawn, **values})


def extended(scene: Scene, previous: Request) -> Request | None:
    """An optional value comes on top."""
    definition = previous.definition
    said = dict(definition.remarks)
    options = [argument for argument in definition.arguments if not argument.param.required and not argument.fields and argument.param.key not in previous.drawn]
    if not options:
        return None
    param = scene.pick(options).param
    value = scene.draw_slot(definition, param.key)
    if param.key in said:
        text = scene.pick(said[param.key][scene.language]).fill({param.key: value.text})
    else:
        name = shared.label(scene, param)
        if name is None or param.kind in ("bool", "list", "rows"):
            return None
        text = _labelled(scene, "label_add", name, value)
    return Request(definition, text, {**previous.drawn, param.key: value})


def _labelled(scene: Scene, key: str, name: str, value: Value) -> str:
    lower = name[:1].lower() + name[1:] if name[1:2].islower() else name
    template = scene.pick(lexicon.toml("phrases.toml")[key][scene.language])
    return template.replace("{Label}", name).replace("{label}", name if scene.chinese else lower).replace("{value}", value.text)


def _other(scene: Scene, definition: Definition, key: str, old: Value) -> Value | None:
    for _ in range(8):
        value = scene.draw_slot(definition, key)
        if value.json != old.json and value.text != old.text:
            return value
    return None


def pointed(scene: Scene, previous: Request) -> Request | None:
    """Another tool for the same thing, which a pronoun stands for."""
    options = []
    for definition in scene.tools:
        if definition is previous.definition or definition.tool.file != previous.definition.tool.file:
            continue
        for phrase in definition.usable(definition.tool.say[scene.language]):
            for key in phrase.slots:
                if "." not in key and phrase.parts[1::2].count(key) == 1 and not pointing.NAMED.search(phrase.parts[phrase.parts.index(key, 1) - 1]) and key in previous.drawn and key in previous.definition.keys and shared.shares(previous.definition, definition, key):
                    kind = definition.argument(key).param.kind
                    if kind in pointing.POINTED and sum(argument.param.kind == kind for argument in previous.definition.arguments) == 1 and shared.carried(definition, key, previous) is not None:
                        options.append((definition, phrase, key))
    if not options:
        return None
    definition, phrase, key = scene.pick(options)
    drawn = scene.draw_values(definition, phrase)
    text = pointing.with_pronoun(scene, phrase, key, definition.argument(key).param.kind, drawn)
    drawn[key] = shared.carried(definition, key, previous)
    return Request(definition, text, drawn)


def _changed_mind(scene: Scene) -> list[dict] | None:
    """A value is taken back in the same message."""
    definition = scene.usable()
    if definition is None:
        return None
    request = scene.request(definition, noisy=False)
    keys = [key for key in request.drawn if "." not in key and alone(definition, key)]
    if not keys:
        return None
    key = scene.pick(keys)
    value = _other(scene, definition, key, request.drawn[key])
    if value is None:
        return None
    text = scene.sentence(request.text) + scene.pick(lexicon.toml("phrases.toml")["correct"][scene.language]).replace("{value}", value.text)
    meant = Request(definition, text, {**request.drawn, key: value})
    scene.last = (definition, meant)
    return [user(text), *scene.exchange(meant)]
