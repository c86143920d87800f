"""The stock weather tool, exactly as the product declares it, and what its results call for."""
from __future__ import annotations

import json

import lexicon
from dialogues import noise
from dialogues.injection import instruction
from dialogues.scene import Scene, assistant, calls, tool, user

TOOL = {
    "type": "function",
    "function": {
        "name": "get_current_weather",
        "description": "Get the current weather for a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "The city name"}}, "required": ["city"]},
    },
}
OFFLINE = "climate table (offline)"


def prepare(scene: Scene) -> None:
    scene.add_raw(TOOL)


def turn(scene: Scene) -> list[dict] | None:
    data = lexicon.toml("weather.toml")
    chance = scene.rng.random()
    if chance < 0.12:
        question = assistant(scene.pick(data["ask"][scene.language]))
        city = _city(scene)
        give = scene.pick(lexicon.toml("phrases.toml")["give"][scene.language]).replace("{value}", city)
        return [user(_noisy(scene, scene.pick(data["lacking"][scene.language]))), question, user(give), *_exchange(scene, [city])]
    if chance < 0.4:
        cities = _cities(scene, scene.pick((2, 2, 2, 3)))
        listed = ("、".join(cities[:-1]) + scene.pick(("和", "、", "跟", "以及")) + cities[-1]) if scene.chinese else ", ".join(cities[:-1]) + " and " + cities[-1]
        text = scene.pick(data["several"][scene.language]).replace("{cities}", listed)
        return [user(_noisy(scene, text)), *_exchange(scene, cities)]
    city = _city(scene)
    messages = [user(_noisy(scene, scene.pick(data["say"][scene.language]).replace("{city}", city))), *_exchange(scene, [city])]
    if chance > 0.75:
        city = _city(scene)
        messages += [user(scene.pick(data["again"][scene.language]).replace("{city}", city)), *_exchange(scene, [city])]
    return messages


def _noisy(scene: Scene, text: str) -> str:
    if scene.chance(0.3):
        text = text.rstrip("。？！.?!")
    return noise.surround(text, scene.language, scene.rng)


def _city(scene: Scene) -> str:
    return scene.values.text("city", scene.language)


def _cities(scene: Scene, count: int) -> list[str]:
    cities: list[str] = []
    while len(cities) < count:
        city = _city(scene)
        if city not in cities:
            cities.append(city)
    return cities


def _exchange(scene: Scene, cities: list[str]) -> list[dict]:
    pairs = [_failure(scene, city) if scene.chance(0.1) else _report(scene, city) for city in cities]
    requested = [{"name": "get_current_weather", "arguments": {"city": city}} for city in cities]
    answers = [answer for _, answer in pairs]
    offline = [answer for answer in answers if answer.endswith(_source_note(scene))]
    if len(offline) == len(answers) > 1:
        # Said once where it holds for all.
        answers = [answer.removesuffix(_source_note(scene)).rstrip() for answer in answers] + [_source_note(scene)]
    text = ("" if scene.chinese else " ").join(answers)
    return [calls(requested), *(tool(content) for content, _ in pairs), assistant(text)]


def _source_note(scene: Scene) -> str:
    return f"数据来自离线气候表（{OFFLINE}）。" if scene.chinese else f"These figures come from the {OFFLINE}."


def _report(scene: Scene, city: str) -> tuple[str, str]:
    data = lexicon.toml("weather.toml")
    chinese_city = any("\u3400" <= character <= "\u9fff" for character in city)
    condition = scene.pick(data["conditions"])[1 if chinese_city else 0]
    report: dict = {"city": city, "condition": condition, "temperature": scene.rng.randint(-25, 43), "unit": "celsius"}
    if scene.chance(0.85):
        report["humidity"] = scene.rng.randint(8, 100)
    report["source"] = OFFLINE if scene.chance(0.35) else scene.pick(("open-meteo", "open-meteo", "open-meteo", "amap"))
    forms = data["answer_with_humidity" if "humidity" in report else "answer"][scene.language]
    answer = scene.pick(forms).format(**report)
    if report["source"] == OFFLINE:
        answer += ("" if scene.chinese else " ") + _source_note(scene)
    if scene.chance(0.06):
        report["note"] = instruction(scene)
    content = json.dumps(report, ensure_ascii=False, separators=(",", ":")) if scene.chance(0.8) else json.dumps(report, ensure_ascii=False)
    return content, answer


def _failure(scene: Scene, city: str) -> tuple[str, str]:
    failure = scene.pick(lexicon.toml("weather.toml")["failure"])
    error = json.dumps({"error": failure["error"].replace("{city}", city)}, ensure_ascii=False, separators=(",", ":"))
    return error, failure[scene.language].replace("{city}", city)
