"""Results in other formats than one flat JSON object: nested, as a list, a table, lines, XML, CSV, a sentence. The facts are the same."""
from __future__ import annotations

import json
import re
from typing import Any, Callable, TYPE_CHECKING

if TYPE_CHECKING:
    from dialogues.scene import Scene

_UNSAFE = re.compile(r"[\n|,;<>&\"=]")


def rewritten(scene: "Scene", value: Any) -> str:
    """The value in one of the formats that can hold it."""
    for make in scene.rng.sample(_ALL, len(_ALL)):
        text = make(scene, value)
        if text is not None:
            return text
    return scene.dump(value)


def _flat(value: Any) -> dict[str, str] | None:
    """Keys and texts of a flat object, where none would break a table."""
    if not isinstance(value, dict) or not value or any(isinstance(child, (dict, list)) for child in value.values()):
        return None
    texts = {key: child if isinstance(child, str) else json.dumps(child) for key, child in value.items()}
    return None if any(_UNSAFE.search(text) or not text for text in texts.values()) else texts


def _nested(scene: "Scene", value: Any) -> str:
    outer = scene.pick(("data", "result", "response", "payload", "body", "output", "item", "content"))
    about = scene.pick(({}, {"status": "ok"}, {"code": 0, "msg": "success"}, {"success": True}, {"status": 200}, {"meta": {"took_ms": scene.rng.randint(1, 90)}}, {"error": None}))
    wrapped = {**about, outer: value}
    if scene.chance(0.2):
        wrapped = {scene.pick(("response", "envelope", "reply")): wrapped} if outer not in ("response",) else {"envelope": wrapped}
    return json.dumps(wrapped, ensure_ascii=False, indent=2) if scene.chance(0.25) else scene.dump(wrapped)


def _items(scene: "Scene", value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    first, second = scene.pick((("name", "value"), ("key", "value"), ("field", "content"), ("k", "v")))
    return scene.dump([{first: key, second: child} for key, child in value.items()])


def _listed(scene: "Scene", value: Any) -> str | None:
    return scene.dump([value]) if isinstance(value, dict) else None


def _indented(scene: "Scene", value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=scene.pick((2, 4)))


def _lines(scene: "Scene", value: Any) -> str | None:
    texts = _flat(value)
    if texts is None:
        return None
    shape = scene.pick(("{}: {}", "{}: {}", "{} = {}", "- {}: {}", "{}\t{}", "* {} → {}", "**{}**: {}"))
    return "\n".join(shape.format(key, text) for key, text in texts.items())


def _table(scene: "Scene", value: Any) -> str | None:
    rows = _rows(value)
    if rows is None:
        return None
    head, body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _csv(scene: "Scene", value: Any) -> str | None:
    rows = _rows(value)
    if rows is None:
        return None
    separator = scene.pick((",", ",", ";", "\t"))
    return "\n".join(separator.join(line) for line in (rows[0], *rows[1]))


def _rows(value: Any) -> tuple[list[str], list[list[str]]] | None:
    """Head and rows of one flat object, or of a list of such."""
    objects = value if isinstance(value, list) else [value]
    texts = [_flat(entry) for entry in objects]
    if not texts or None in texts or any(list(entry) != list(texts[0]) for entry in texts):
        return None
    return list(texts[0]), [list(entry.values()) for entry in texts]


def _xml(scene: "Scene", value: Any) -> str | None:
    texts = _flat(value)
    if texts is None or not all(re.fullmatch(r"[A-Za-z_][\w-]*", key) for key in texts):
        return None
    outer = scene.pick(("result", "response", "answer", "record"))
    if scene.chance(0.25):
        return f"<{outer} " + " ".join(f'{key}="{text}"' for key, text in texts.items()) + "/>"
    gap = scene.pick(("", "\n", "\n  "))
    return f"<{outer}>" + "".join(f"{gap}<{key}>{text}</{key}>" for key, text in texts.items()) + ("\n" if gap else "") + f"</{outer}>"


def _sentence(scene: "Scene", value: Any) -> str | None:
    texts = _flat(value)
    if texts is None:
        return None
    if scene.chinese and scene.chance(0.7):
        return scene.pick(("查询成功：", "处理完成，", "结果如下：", "")) + "，".join(f"{key}为{text}" for key, text in texts.items()) + "。"
    return scene.pick(("OK. ", "Done: ", "The following was found: ", "")) + ", ".join(f"{key.replace('_', ' ')} is {text}" for key, text in texts.items()) + "."


_ALL: tuple[Callable[["Scene", Any], str | None], ...] = (_nested, _nested, _items, _listed, _indented, _lines, _table, _csv, _xml, _sentence)
