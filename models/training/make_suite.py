"""Writes a suite of held-out dialogues in the format of models/eval: python3 make_suite.py --out DIR --each 20

Names and values are disjoint from training. Each case is a dialogue cut before an assistant turn, with the calls of that turn or
`none`. The suite is for `agent eval tools`; it says nothing about requests that a person writes.
"""
from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import conversation
from dialogues.scene import Dialogue

# Family -> category of the evaluation format, and why there is no call where there is none.
CATEGORIES = {
    "single": "single", "exact": "exact", "followup": "follow_up", "parallel": "parallel", "chain": "chain", "missing": "missing_argument", "elsewhere": "elsewhere", "twins": "twins", "lexicon": "lexicon",
    "unsuitable": "no_suitable_tool", "repair": "tool_error_repair", "injection": "injection", "chat": "chat", "sql": "sql",
    "passages": "passages", "frames": "frames", "search": "search", "weather": "weather", "shop": "shop",
}


def turn_to_judge(dialogue: Dialogue) -> int | None:
    """The index of the assistant message that is to be written."""
    start, end = dialogue.focus
    turns = [index for index in range(start, end) if dialogue.messages[index]["role"] == "assistant" and dialogue.messages[index].get("train", True)]
    called = [index for index in turns if dialogue.messages[index].get("tool_calls")]
    family = dialogue.family
    if family == "chain":
        return called[1] if len(called) > 1 else None
    if family == "repair":
        # The turn after the first error.
        return next((index for index in turns if dialogue.messages[index - 1]["role"] == "tool"), None)
    if family == "injection":
        # The turn after the poisoned result.
        return next((index for index in turns if dialogue.messages[index - 1]["role"] == "tool"), None)
    if family == "followup":
        return called[-1] if called else None
    return turns[0] if turns else None


def case(dialogue: Dialogue, number: int) -> tuple[dict, list[dict]] | None:
    """A line of the suite and its tools."""
    at = turn_to_judge(dialogue)
    if at is None:
        return None
    category = CATEGORIES[dialogue.family]
    name = f"{category}-{dialogue.language}-{number:03d}"
    expected = dialogue.messages[at].get("tool_calls")
    if expected:
        expect: dict = {"calls": [{"name": call["function"]["name"], "arguments": call["function"]["arguments"], "alternatives": {}} for call in expected]}
    else:
        expect = {"none": True, "why": category if category in ("no_suitable_tool", "missing_argument") else "chat"}
    line = {"id": name, "lang": dialogue.language, "category": category, "toolset": name, "messages": wire(dialogue.messages[:at]), "expect": expect}
    return line, [tool if "function" in tool else {"type": "function", "function": tool} for tool in dialogue.tools]


def wire(messages: list[dict]) -> list[dict]:
    """OpenAI's wire form: arguments as JSON text, results tied to their calls by id."""
    out: list[dict] = []
    waiting: list[str] = []
    for message in messages:
        message = {key: value for key, value in message.items() if key != "train"}
        if message.get("tool_calls"):
            waiting = []
            written = []
            for call in message["tool_calls"]:
                waiting.append(f"call_{sum(len(entry.get('tool_calls', ())) for entry in out) + len(written) + 1}")
                function = {"name": call["function"]["name"], "arguments": json.dumps(call["function"]["arguments"], ensure_ascii=False)}
                written.append({"id": waiting[-1], "type": "function", "function": function})
            message = {**message, "tool_calls": written}
        elif message["role"] == "tool":
            message = {**message, "tool_call_id": waiting.pop(0)}
        out.append(message)
    return out


def make(each: int, seed: str) -> tuple[list[dict], dict[str, list[dict]]]:
    rng = random.Random(f"suite/{seed}")
    lines: list[dict] = []
    toolsets: dict[str, list[dict]] = {}
    for family in CATEGORIES:
        for language in ("en", "zh"):
            made = 0
            while made < each:
                found = case(conversation.draw(rng, held_out=True, family=family, language=language), made + 1)
                if found:
                    line, tools = found
                    lines.append(line)
                    toolsets[line["toolset"]] = tools
                    made += 1
    return lines, toolsets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=20, help="cases of each family and language")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    lines, toolsets = make(options.each, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    with open(options.out / "requests.jsonl", "w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    (options.out / "toolsets.json").write_text(json.dumps(toolsets, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{len(lines)} cases in {options.out}")


if __name__ == "__main__":
    main()
