"""Several ranks take the same step as one process with all their rows, and rows are used again only far apart; where torch is installed."""
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from collections import deque
from pathlib import Path

try:
    import numpy as np

    import dataset
except ImportError:
    np = None
try:
    import torch
except ImportError:
    torch = None

FOLDER = Path(__file__).parent.parent
LAUNCHED = """
import sys
import torch
import parallel
if not parallel.is_rank():
    sys.exit(parallel.launch(int(sys.argv[1])))
"""
STEPS = LAUNCHED + """
from model import SHAPES, Model
from optimiser import Muon
torch.set_num_threads(1)
ranks = parallel.Ranks()
ranks.join("cpu")
torch.manual_seed(1 + ranks.rank)
model = Model(SHAPES["tiny"])
parameters = list(model.parameters())
# Each rank begins with weights of its own.
apart = ranks.align(parameters)
assert apart > 0
gradients = parallel.Gradients(parameters, ranks)
muon = Muon([p for n, p in model.named_parameters() if p.ndim == 2 and not n.startswith("embedding")], 0.05, False)
for step in range(2):
    rows = torch.Generator().manual_seed(step)
    ids = torch.randint(0, 12288, (2, 16), generator=rows)
    weights = torch.rand(2, 16, generator=rows)
    own = slice(ranks.rank, ranks.rank + 1)
    gradients.clear()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss, _ = model(ids[own], torch.roll(ids[own], -1, 1), weights[own], None)
    (loss / 16).backward()
    total, = gradients.average(weights[own].sum() / 16, float(loss))
    assert all(p.grad.data_ptr() >= gradients.flat.data_ptr() for p in parameters)
    if step == 0:
        whole = Model(SHAPES["tiny"])
        whole.load_state_dict(model.state_dict())
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss, _ = whole(ids, torch.roll(ids, -1, 1), weights, None)
        (loss / weights.sum()).backward()
        assert abs(float(total) - float(loss)) < 1e-2 * float(loss)
        for one, other in zip(whole.parameters(), parameters):
            error = (one.grad - other.grad).abs().max() / one.grad.abs().max().clamp(min=1e-6)
            assert error < 0.05, error
    muon.step(1e-3)
assert ranks.align(parameters) == 0.0
ranks.leave()
print("rank done")
"""
FAILING = LAUNCHED + """
import os, time
if os.environ["RANK"] == "1":
    sys.exit(3)
time.sleep(60)
"""


def run(script, world):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "script.py")
        path.write_text(textwrap.dedent(script))
        # Debian's PyTorch has no libuv.
        environment = {**os.environ, "PYTHONPATH": str(FOLDER), "USE_LIBUV": "0", "OMP_NUM_THREADS": "1"}
        return subprocess.run([sys.executable, str(path), str(world)], env=environment, capture_output=True, text=True, timeout=120)


@unittest.skipIf(torch is None or np is None, "torch is not installed")
class ParallelTests(unittest.TestCase):
    def test_two_ranks_step_as_one_with_both_rows(self):
        done = run(STEPS, 2)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("rank done"), 2)

    def test_when_one_rank_fails_all_end(self):
        done = run(FAILING, 3)
        self.assertEqual(done.returncode, 3)
        self.assertIn("rank 1 ended with status 3", done.stderr)


@unittest.skipIf(np is None, "numpy is not installed")
class RowsTests(unittest.TestCase):
    def test_rows_are_used_again_only_when_none_are_fresh_and_once(self):
        with tempfile.TemporaryDirectory() as folder:
            rows = dataset.Rows.__new__(dataset.Rows)
            rows.folder, rows.rng, rows.reuse, rows.waits, rows.reused = Path(folder), np.random.default_rng(1), True, 0, 0
            rows.pool, rows.fresh, rows.used = np.zeros((0, 3, 2), np.uint16), np.zeros(0, bool), deque(maxlen=dataset.KEPT)
            rows.processes = [type("Worker", (), {"is_alive": staticmethod(lambda: True)})]
            made = 2 * (dataset.FAR + 60)
            numbered = np.repeat(np.arange(made, dtype=np.uint16), 6).reshape(made, 3, 2)
            np.save(Path(folder, "00-000000.npy"), numbered)
            seen = [rows.batch(2)[:, 0, 0].tolist() for _ in range(dataset.FAR + 100)]
        uses = {}
        for at, numbers in enumerate(seen):
            for number in numbers:
                uses.setdefault(number, []).append(at)
        self.assertEqual(len(uses), made)
        self.assertEqual(max(len(times) for times in uses.values()), 2)
        self.assertEqual(rows.waits, 0)
        self.assertGreater(rows.reused, 60)
        # What was used lies behind more than the pool of the moment.
        self.assertGreater(min(times[1] - times[0] for times in uses.values() if len(times) == 2), dataset.FAR - 10)


if __name__ == "__main__":
    unittest.main()
