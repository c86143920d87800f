"""Texts that lack a required value, made from those that say all: the value is cut out with what belongs to it, or a vague word takes its place."""
from __future__ import annotations

import functools
import re
from typing import Sequence

import lexicon
from domains import Lacking, Param, Phrase, Tool

_PREPOSITION = r"(?:on|at|in|for|to|from|by|with|until|till|into|under|before|after|between)(?: the| a| my)?"
_EN_TAIL = re.compile(rf"^(.*?)(?:,| -|:|;)?\s+{_PREPOSITION}\s*$", re.DOTALL)
_EN_END = re.compile(r"^\s*[.?!]?\s*(?:please|thanks)?[.!]?$", re.IGNORECASE)
_EN_VAGUE = re.compile(r"\b(?:for|to|from|with|of|about|near|into|by)\s$")
_ZH_SEPARATORS = "，,；;。：: "
_ZH_VAGUE = frozenset("给把去到从跟和在向找约请对帮替为删寄发送")


def texts(tool: Tool, language: str) -> Sequence[Lacking]:
    """The written ones, and those that can be made; combined tools have enough of their own."""
    return tool.lacking[language] if tool.cluster is not None else (*tool.lacking[language], *derived(tool, language))


@functools.lru_cache(maxsize=4_096)
def derived(tool: Tool, language: str) -> tuple[Lacking, ...]:
    """`missing` is a slot: a parameter, or a field as in `address.city`."""
    cut = _cut_chinese if language == "zh" else _cut_english
    out: dict[tuple[tuple[str, ...], str], Lacking] = {}
    for phrase in tool.say[language]:
        slots = phrase.parts[1::2]
        for place, slot in enumerate(slots):
            param = _param(tool, slot)
            if slots.count(slot) > 1 or param is None or not param.required or slot.split(".")[0] not in tool.required:
                continue
            index = 2 * place + 1
            for parts in (cut(phrase.parts, index), *_vague(phrase.parts, index, param.kind, language)):
                if parts is not None:
                    made = Phrase(parts, frozenset(parts[1::2]))
                    out[parts, slot] = Lacking(made, slot)
    return tuple(out.values())


def _param(tool: Tool, slot: str) -> Param | None:
    key, _, inner = slot.partition(".")
    param = next(param for param in tool.params if param.key == key)
    if not inner:
        return None if param.fields else param
    return next(field for field in param.fields if field.key == inner)


def _joined(parts: tuple[str, ...], index: int, before: str, after: str) -> tuple[str, ...]:
    return (*parts[:index - 1], before + after, *parts[index + 2:])


def _cut_english(parts: tuple[str, ...], index: int) -> tuple[str, ...] | None:
    before, after = parts[index - 1], parts[index + 1]
    last = index + 2 == len(parts)
    found = _EN_TAIL.match(before)
    whole = "".join(parts[:index:2])
    if found and (last and _EN_END.match(after) or re.match(r"^(?:,| (?:on|at|in|for|from|with|by)\b)", after)):
        kept = found[1]
        if len("".join((*parts[:index - 1:2], kept)).split()) + index // 2 >= 4:
            return _joined(parts, index, kept, after)
    if before.endswith(", ") and (after[:1] in (",", ".", "?", "!") or last and not after) and len(whole.split()) >= 3:
        return _joined(parts, index, before[:-2], after)
    return None


def _cut_chinese(parts: tuple[str, ...], index: int) -> tuple[str, ...] | None:
    before, after = parts[index - 1], parts[index + 1]
    tail = re.search(r"[^，,；;。：: ]*$", before)[0]
    head = re.match(r"[^，,；;。：:？?！! ]*", after)[0]
    if len(tail) + len(head) > 3:
        return None
    starts = index == 1 and not before[:-len(tail) or None] or before[:len(before) - len(tail)].endswith(tuple(_ZH_SEPARATORS))
    rest = after[len(head):]
    ends = index + 2 == len(parts) and rest in ("", "。", "？", "！") or rest[:1] in tuple(_ZH_SEPARATORS)
    if not (starts and ends):
        return None
    kept = before[:len(before) - len(tail)]
    if rest[:1] in tuple(_ZH_SEPARATORS) and (not kept or kept.endswith(tuple(_ZH_SEPARATORS))):
        rest = rest[1:].lstrip()
    else:
        kept = kept.rstrip(_ZH_SEPARATORS)
    plain = "".join(parts[:index - 1:2]) + kept + rest + "".join(parts[index + 3::2])
    return _joined(parts, index, kept, rest) if len(re.sub(r"\W", "", plain)) >= 4 else None


def _vague(parts: tuple[str, ...], index: int, kind: str, language: str) -> list[tuple[str, ...]]:
    words = lexicon.toml("phrases.toml")["vague"].get(kind)
    before, after = parts[index - 1], parts[index + 1]
    if words is None:
        return []
    if language == "zh":
        fits = before[-1:] in _ZH_VAGUE and (not after or after[0] not in "号市的")
    else:
        fits = bool(_EN_VAGUE.search(before)) and not after[:1].isalnum() and not after.startswith(("'", "-", "/"))
    return [_joined(parts, index, before + word, after) for word in words[language][:3]] if fits else []
