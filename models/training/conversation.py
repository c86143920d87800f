"""Composes dialogues: a family from the mixture, tools around it, and other turns before or after it."""
from __future__ import annotations

import random
from types import ModuleType

import domains
import lexicon
from dialogues import chain, chat, elsewhere, exact, followup, frames, injection, lexical, missing, parallel, passages, repair, search, shop, single, sql, twins, unsuitable, weather
from dialogues.scene import Dialogue, Scene

FAMILIES: dict[str, ModuleType] = {
    "single": single, "exact": exact, "followup": followup, "parallel": parallel, "chain": chain, "missing": missing, "elsewhere": elsewhere, "twins": twins, "lexicon": lexical, "unsuitable": unsuitable,
    "repair": repair, "injection": injection, "chat": chat, "sql": sql, "passages": passages, "frames": frames, "search": search, "weather": weather, "shop": shop,
}
# Families of the tools that the product ships.
STOCK_FAMILIES = ("weather", "sql", "search", "shop")
# Families whose turns may stand around the main one, where the tools of the prompt serve any.
SIDE_FAMILIES = ("single", "followup", "missing", "elsewhere", "unsuitable", "chat", "parallel", "repair")
SIDE_WEIGHTS = (31, 18, 5, 4, 13, 14, 8, 5)


def mixture() -> dict[str, float]:
    weights = lexicon.toml("mixture.toml")["families"]
    unknown = set(weights) - set(FAMILIES)
    if unknown:
        raise ValueError(f"mixture.toml names unknown families: {', '.join(sorted(unknown))}")
    return weights


def warm() -> None:
    """Reads all data, so that processes forked afterwards share it."""
    for family in FAMILIES:
        draw(random.Random(0), family=family)


def draw(rng: random.Random, held_out: bool = False, family: str | None = None, language: str | None = None,
         library: tuple[domains.Tool, ...] | None = None) -> Dialogue:
    """One dialogue. The same rng state gives the same dialogue."""
    return rng.choice(draw_all(rng, held_out, family, language, library))


def draw_all(rng: random.Random, held_out: bool = False, family: str | None = None, language: str | None = None,
             library: tuple[domains.Tool, ...] | None = None) -> list[Dialogue]:
    """One dialogue, or two of the family of twins: the one with the value, and the one without it. The same rng state gives the same dialogues."""
    settings = lexicon.toml("mixture.toml")
    weights = mixture()
    for _ in range(50):
        name = family or rng.choices(list(weights), list(weights.values()))[0]
        chosen = language or ("zh" if rng.random() < settings["chinese"] else "en")
        if name != "twins":
            drawn = [_compose(Scene(rng, chosen, held_out, library), name, settings)]
        else:
            seed = rng.getrandbits(64)
            drawn = [_compose(Scene(random.Random(seed), chosen, held_out, library), name, settings, told) for told in (True, False)]
        if None not in drawn:
            return drawn
    raise RuntimeError(f"no dialogue of family {family} in 50 tries; are there tools in {domains.FOLDER}?")


def _compose(scene: Scene, family: str, settings: dict, told: bool = True) -> Dialogue | None:
    module = FAMILIES[family]
    scene.told = told
    module.prepare(scene)
    _add_stock_tools(scene, family, settings["stock_tools_together"], settings["weather_tool_elsewhere"])
    if not scene.no_tools:
        counts, weights = zip(*settings["tools_in_prompt"])
        scene.fill_tools(scene.rng.choices(counts, weights)[0])
    turns = scene.rng.choices(*zip(*settings["turns"]))[0]
    before = turns - 1 if family == "frames" else scene.rng.randrange(turns)
    # Before any turn, so that the order is the same for twins.
    tools = scene.shuffled_tools()
    messages: list[dict] = []
    for _ in range(before):
        messages += _side_turn(scene)
    # What the tools can do, in the earlier turns: written before twins part, since its words are drawn.
    chat.complete(messages, tools, scene)
    before_main = len(messages)
    main = module.turn(scene)
    if main is None:
        return None
    messages += main
    focus = (before_main + 1, len(messages) + 1)
    for _ in range(0 if scene.framed else turns - 1 - before):
        messages += _side_turn(scene, family)
    chat.complete(messages, tools, scene)
    return Dialogue(family, scene.language, tools, [{"role": "system", "content": scene.system}, *messages], focus, scene.twin_value)


def _add_stock_tools(scene: Scene, family: str, together: float, elsewhere: float) -> None:
    """The tools that the product ships often stand in one prompt."""
    if family in STOCK_FAMILIES:
        prepared = [family]
        for other in STOCK_FAMILIES:
            # The two over databases bear one name.
            if other not in prepared and not {"sql", "shop"} <= {other, *prepared} and scene.chance(together):
                prepared.append(other)
                FAMILIES[other].prepare(scene)
    elif family == "chat" and not scene.no_tools and scene.chance(together):
        # Who tries the product begins with a greeting to its own tools.
        for other in scene.rng.sample(("weather", "shop", "search"), scene.rng.randint(1, 3)):
            FAMILIES[other].prepare(scene)
        if scene.chance(0.5):
            scene.tools.clear()
    elif not scene.no_tools and scene.chance(elsewhere):
        weather.prepare(scene)


def _side_turn(scene: Scene, family: str | None = None) -> list[dict]:
    """A turn of another kind; after a stock tool often one more of the same."""
    if family in STOCK_FAMILIES and scene.chance(0.6):
        return FAMILIES[family].turn(scene) or []
    name = scene.rng.choices(SIDE_FAMILIES, SIDE_WEIGHTS)[0]
    if not scene.tools and name not in ("unsuitable", "chat"):
        name = scene.pick(("unsuitable", "chat"))
    if name == "unsuitable" and scene.knows_anything:
        # Nothing can be said to be out of reach.
        name = "chat"
    return FAMILIES[name].turn(scene) or []
