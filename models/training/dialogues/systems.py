"""System prompts: those that the product ships, and many others."""
from __future__ import annotations

import datetime
import functools
import random
from pathlib import Path

import lexicon
from values import WEEKDAYS, WEEKDAYS_ZH

SHIPPED_SHARE = 0.3
SHIPPED = Path(__file__).resolve().parents[3] / "prompts"


@functools.cache
def shipped(language: str) -> str:
    path = SHIPPED / f"system.{language}.md"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: run from a checkout of the whole repository, whose prompts the model is trained on")
    return path.read_text(encoding="utf-8").strip()


def draw(rng: random.Random, language: str) -> tuple[str, datetime.date | None]:
    """A system prompt, and the date that it tells."""
    today = datetime.date(2024, 1, 1) + datetime.timedelta(days=rng.randrange(5 * 365))
    chance = rng.random()
    if chance < SHIPPED_SHARE:
        return fill(shipped(language), today, language), today
    prompts = lexicon.toml("system_prompts.toml")
    text = rng.choice(prompts["both"]) if chance < 0.45 else rng.choice(prompts[language])
    if rng.random() < 0.3:
        dates = prompts["date_" + language]
        text = f"{text}{'' if language == 'zh' else ' '}{rng.choice(dates)}"
    told = "{{date}}" in text
    return fill(text, today, language), today if told else None


def fill(text: str, today: datetime.date, language: str) -> str:
    chinese = language == "zh"
    date = f"{today.year}年{today.month}月{today.day}日" if chinese else today.isoformat()
    weekday = "星期" + WEEKDAYS_ZH[today.weekday()] if chinese else WEEKDAYS[today.weekday()]
    return text.replace("{{date}}", date).replace("{{weekday}}", weekday)
