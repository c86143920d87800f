"""Prints sample dialogues, for reading: python3 generate.py --count 5 --family sql --language zh"""
from __future__ import annotations

import argparse
import random
import time

import conversation
import render


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", choices=sorted(conversation.FAMILIES))
    parser.add_argument("--language", choices=("en", "zh"))
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--speed", action="store_true", help="only report how fast dialogues are made")
    arguments = parser.parse_args()
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
