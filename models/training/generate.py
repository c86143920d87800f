"""Prints sample dialogues, for reading: python3 generate.py --count 5 --family sql --language zh

--report prints what a training set of so many dialogues consists of: by family the share of dialogues and of tokens, their length, and how
many of the turns of the assistant call.
"""
from __future__ import annotations

import argparse
import collections
import random
import time

import conversation
import render
from tokeniser import Tokeniser


def report(count: int, seed: int) -> None:
    rng = random.Random(seed)
    tokeniser = Tokeniser(fast=False)
    counted: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for _ in range(count):
        dialogue = conversation.draw(rng)
        ids, learn = tokeniser.encode([render.spans(dialogue.messages, dialogue.tools)])[0]
        turns = [message for message in dialogue.messages if message["role"] == "assistant" and message.get("train", True)]
        first = [message for before, message in zip(dialogue.messages, dialogue.messages[1:]) if before["role"] == "user" and message.get("train", True)]
        for key in (dialogue.family, "all"):
            counted[key].update(dialogues=1, tokens=len(ids), learned=learn.count(render.ANSWER), turns=len(turns), first=len(first), first_calls=sum(bool(message.get("tool_calls")) for message in first),
                                calls=sum(bool(message.get("tool_calls")) for message in turns), tools=len(dialogue.tools), long=int(len(ids) > 4_096))
    total = counted["all"]
    print("family       dialogues  tokens  mean length  learned  tools  turns  calls after a user's turn  too long")
    for family in [*conversation.FAMILIES, "all"]:
        one = counted[family]
        if one["dialogues"]:
            print(f"{family:12} {one['dialogues'] / total['dialogues']:8.1%} {one['tokens'] / total['tokens']:8.1%} {one['tokens'] / one['dialogues']:12.0f} {one['learned'] / one['tokens']:8.1%} "
                  f"{one['tools'] / one['dialogues']:6.1f} {one['turns'] / one['dialogues']:6.1f} {one['first_calls'] / max(1, one['first']):26.1%} {one['long']:9}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", choices=sorted(conversation.FAMILIES))
    parser.add_argument("--language", choices=("en", "zh"))
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--speed", action="store_true", help="only report how fast dialogues are made")
    parser.add_argument("--report", action="store_true", help="only report what the dialogues consist of")
    arguments = parser.parse_args()
    if arguments.report:
        report(arguments.count, arguments.seed)
        return
    rng = random.Random(arguments.seed)
    started, characters, learned = time.perf_counter(), 0, 0
    for _ in range(arguments.count):
        dialogue = conversation.draw(rng, arguments.held_out, arguments.family, arguments.language)
        spans = render.spans(dialogue.messages, dialogue.tools)
        characters += sum(len(span.text) for span in spans)
        learned += sum(len(span.text) for span in spans if span.learn == render.ANSWER)
        if not arguments.speed:
            print(f"=== {dialogue.family} {dialogue.language}\n" + "".join(f"\033[1m{span.text}\033[0m" if span.learn == render.ANSWER else span.text for span in spans))
    seconds = time.perf_counter() - started
    print(f"{arguments.count} dialogues, {arguments.count / seconds:.0f}/s, {characters / arguments.count:.0f} characters each, {learned / characters:.1%} of them learned")


if __name__ == "__main__":
    main()
