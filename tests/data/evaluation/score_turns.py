"""Scores turns.jsonl with the Python of models/eval/README.md, for the tests of the C# scoring: python3 score_turns.py > scores.json"""
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
readme = (HERE.parents[2] / "models" / "eval" / "README.md").read_text(encoding="utf-8")
scoring: dict = {}
exec(re.search(r"```python\n(.*?)```", readme, re.DOTALL)[1], scoring)

scores = {}
for line in (HERE / "turns.jsonl").read_text(encoding="utf-8").splitlines():
    turn = json.loads(line)
    scores[turn["name"]] = {name: scoring[name](turn["calls"], turn["expect"]) for name in ("decision", "exact")}
print(json.dumps(scores, ensure_ascii=False, indent=1))
