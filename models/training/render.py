"""Qwen2.5 chat format, byte for byte, as spans that know what may be learned and what may become an added token.

The rules are those of the reference template; `python3 render.py CASES.jsonl` checks them against recorded cases.
Every character of a rendered dialogue belongs to one span:

* ``trusted``: text of the template. Only there do literals such as ``<|im_end|>`` become added tokens; the product cuts the
  same literals in untrusted text apart, and the tokeniser of this folder does so too.
* ``learn``: ANSWER is text that the model has to write: an assistant turn from the first character after
  ``<|im_start|>assistant\\n`` up to and with ``<|im_end|>``. NEVER is a turn whose message says ``"train": False`` (a mistake that a
  later turn repairs). All else is PROMPT, which training weighs lightly.
"""
from __future__ import annotations

import json
import sys
from typing import Any, NamedTuple

DEFAULT_SYSTEM = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
TOOLS_HEADER = (
    "\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n<tools>"
)
TOOLS_FOOTER = (
    "\n</tools>\n\nFor each function call, return a json object with function name and arguments within "
    "<tool_call></tool_call> XML tags:\n<tool_call>\n"
    '{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>'
)


NEVER, PROMPT, ANSWER = 0, 1, 2


class Span(NamedTuple):
    text: str
    trusted: bool
    learn: int


def to_json(value: Any) -> str:
    """JSON as the template writes it: Python's separators, no ASCII escapes, the order of insertion."""
    return json.dumps(value, ensure_ascii=False)


def render(messages: list[dict], tools: list[dict] | None = None, add_generation_prompt: bool = False) -> str:
    return "".join(span.text for span in spans(messages, tools, add_generation_prompt))


def spans(messages: list[dict], tools: list[dict] | None = None, add_generation_prompt: bool = False) -> list[Span]:
    out: list[Span] = []
    _system(out, messages, tools)
    for index, message in enumerate(messages):
        _message(out, messages, index, message)
    if add_generation_prompt:
        out.append(Span("<|im_start|>assistant\n", True, PROMPT))
    return out


def _text(message: dict) -> str:
    content = message["content"]
    if not isinstance(content, str):
        raise TypeError(f"the content of a {message['role']} message must be text, not {type(content).__name__}")
    return content


def _system(out: list[Span], messages: list[dict], tools: list[dict] | None) -> None:
    out.append(Span("<|im_start|>system\n", True, PROMPT))
    if messages[0]["role"] == "system":
        out.append(Span(_text(messages[0]), False, PROMPT))
    else:
        out.append(Span(DEFAULT_SYSTEM, True, PROMPT))
    if tools:
        out.append(Span(TOOLS_HEADER, True, PROMPT))
        for tool in tools:
            out.append(Span("\n", True, PROMPT))
            out.append(Span(to_json(tool), False, PROMPT))
        out.append(Span(TOOLS_FOOTER, True, PROMPT))
    out.append(Span("<|im_end|>\n", True, PROMPT))


def _message(out: list[Span], messages: list[dict], index: int, message: dict) -> None:
    role = message["role"]
    if role == "assistant":
        _assistant(out, message)
    elif role == "user" or (role == "system" and index > 0):
        out.append(Span(f"<|im_start|>{role}\n", True, PROMPT))
        out.append(Span(_text(message), False, PROMPT))
        out.append(Span("<|im_end|>\n", True, PROMPT))
    elif role == "tool":
        if index == 0 or messages[index - 1]["role"] != "tool":
            out.append(Span("<|im_start|>user", True, PROMPT))
        out.append(Span("\n<tool_response>\n", True, PROMPT))
        out.append(Span(_text(message), False, PROMPT))
        out.append(Span("\n</tool_response>", True, PROMPT))
        if index + 1 == len(messages) or messages[index + 1]["role"] != "tool":
            out.append(Span("<|im_end|>\n", True, PROMPT))


def _assistant(out: list[Span], message: dict) -> None:
    learn = ANSWER if message.get("train", True) else NEVER
    calls = message.get("tool_calls") or []
    # The newline belongs to the generation prompt, so it is never learned.
    out.append(Span("<|im_start|>assistant\n", True, PROMPT))
    if not calls or message["content"]:
        out.append(Span(_text(message), False, learn))
    separator = "\n" if calls and message["content"] else ""
    for call in calls:
        call = call.get("function", call)
        out.append(Span(separator + '<tool_call>\n{"name": "', True, learn))
        out.append(Span(call["name"], False, learn))
        out.append(Span('", "arguments": ', True, learn))
        out.append(Span(to_json(call["arguments"]), False, learn))
        out.append(Span("}\n</tool_call>", True, learn))
        separator = "\n"
    out.append(Span("<|im_end|>", True, learn))
    out.append(Span("\n", True, PROMPT))


def check(path: str) -> tuple[int, list[str]]:
    """Renders every recorded case; returns the number of cases and what differs."""
    failures: list[str] = []
    count = 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            case = json.loads(line)
            count += 1
            try:
                got = render(case["messages"], case["tools"], case["add_generation_prompt"])
            except TypeError as error:
                if "expected_error" not in case:
                    failures.append(f"{case['id']}: {error}")
                continue
            if case.get("expected") != got:
                failures.append(f"{case['id']}: got {got!r}, expected {case.get('expected')!r}")
    return count, failures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 render.py CASES.jsonl")
    total, different = check(sys.argv[1])
    print("\n".join([*different, f"{total - len(different)} of {total} cases equal"]))
    sys.exit(1 if different else 0)
