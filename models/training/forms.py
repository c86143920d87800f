"""How a value of a kind may be asked for in a schema: JSON type, format, and the words that tell it.

A form with a hint is only drawn together with its hint, so the prompt always says what is wanted; forms without a hint are the
default of their kind.
"""
from __future__ import annotations

import random
from typing import NamedTuple


class Form(NamedTuple):
    name: str | None
    weight: float
    schema: dict
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()


STRING = {"type": "string"}
INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}

FORMS: dict[str, list[Form]] = {
    "date": [
        Form("iso", 4, STRING, ("YYYY-MM-DD", "in YYYY-MM-DD format", "ISO date"), ("YYYY-MM-DD", "格式YYYY-MM-DD", "ISO日期")),
        Form("iso", 3, STRING),
        Form("iso", 2, {"type": "string", "format": "date"}),
        Form("dmy", 0.5, STRING, ("DD/MM/YYYY", "format DD/MM/YYYY"), ("格式DD/MM/YYYY",)),
        Form("mdy", 0.5, STRING, ("MM/DD/YYYY", "format MM/DD/YYYY"), ("格式MM/DD/YYYY",)),
        Form("slashes", 0.4, STRING, ("YYYY/MM/DD",), ("格式YYYY/MM/DD",)),
        Form("compact", 0.3, STRING, ("YYYYMMDD", "eight digits, YYYYMMDD"), ("YYYYMMDD", "八位数字YYYYMMDD")),
        Form("words", 0.8, STRING, ("in the user's words", "as the user says it", "free text, as given"), ("按用户原话", "原样填写", "用户的说法")),
    ],
    "time": [
        Form("clock", 4, STRING, ("HH:MM", "24-hour HH:MM", "HH:MM, 24h"), ("HH:MM", "24小时制HH:MM", "格式HH:MM")),
        Form("clock", 3, STRING),
        Form("words", 0.7, STRING, ("in the user's words", "as the user says it"), ("按用户原话", "原样填写")),
    ],
    "datetime": [
        Form("iso", 2, STRING, ("ISO 8601", "ISO 8601 date and time"), ("ISO 8601", "ISO 8601格式")),
        Form("iso", 1, {"type": "string", "format": "date-time"}),
        Form("iso", 1, STRING),
        Form("space", 2, STRING, ("YYYY-MM-DD HH:MM", "format YYYY-MM-DD HH:MM"), ("格式YYYY-MM-DD HH:MM",)),
    ],
    "duration": [
        Form(None, 2, STRING),
        Form("minutes", 2, INTEGER, ("in minutes", "minutes"), ("分钟", "单位为分钟", "分钟数")),
        Form("seconds", 0.3, INTEGER, ("in seconds",), ("单位为秒", "秒数")),
    ],
    "weekday": [
        Form(None, 2, STRING),
        Form("english", 2, {"type": "string", "enum": "monday tuesday wednesday thursday friday saturday sunday".split()}),
    ],
    "month": [Form("number", 3, INTEGER, ("1-12", "as a number, 1 to 12"), ("1到12", "数字1-12")), Form("number", 1, INTEGER), Form(None, 1, STRING)],
    "currency": [
        Form("code", 3, STRING, ("ISO code", "three-letter ISO 4217 code", "e.g. USD"), ("ISO代码", "三位货币代码", "如USD")),
        Form("code", 1, STRING),
    ],
    "language": [
        Form(None, 2, STRING),
        Form("code", 2, STRING, ("ISO 639-1 code", "two-letter code, e.g. en", "language code such as fr"), ("ISO 639-1代码", "两位代码，如en", "语言代码")),
    ],
    "country_code": [
        Form("code", 3, STRING, ("ISO 3166 code", "two-letter country code", "e.g. DE"), ("ISO 3166代码", "两位国家代码", "如DE")),
        Form("code", 1, STRING),
    ],
    "id": [Form(None, 6, STRING), Form("integer", 1, INTEGER)],
    "year": [Form(None, 1, INTEGER)],
    "int": [Form(None, 1, INTEGER)],
    "number": [Form(None, 1, NUMBER)],
    "money": [Form(None, 1, NUMBER)],
    "percent": [Form(None, 1, NUMBER, ("in percent", "percent, 0-100"), ("百分比", "百分数，0-100")), Form(None, 1, NUMBER)],
    "email": [Form(None, 4, STRING), Form(None, 1, {"type": "string", "format": "email"})],
    "url": [Form(None, 4, STRING), Form(None, 1, {"type": "string", "format": "uri"})],
}
PLAIN = [Form(None, 1, STRING)]


def choose(kind: str, rng: random.Random) -> Form:
    options = FORMS.get(kind, PLAIN)
    return options[0] if len(options) == 1 else rng.choices(options, [form.weight for form in options])[0]
