"""A run that begins with the weights of a GGUF file or of a checkpoint; where torch is installed."""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

try:
    import numpy as np
    import torch

    import checkpoint
    import export_gguf
    import gguf_file
    from model import SHAPES, Model
except ImportError:
    torch = None

SHIPPED = Path(__file__).resolve().parents[2] / "agent-mini.gguf"


def noisy(seed):
    torch.manual_seed(seed)
    model = Model(SHAPES["tiny"])
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return model


@unittest.skipIf(torch is None, "torch is not installed")
class ContinuedTests(unittest.TestCase):
    def test_a_file_brings_the_weights_back_within_quantisation(self):
        first, second = noisy(1), noisy(2)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.gguf")
            export_gguf.export(first, path, gguf_file.Q8_0)
            checkpoint.start_from(path, second)
            again = Path(folder, "y.gguf")
            export_gguf.export(second, again, gguf_file.Q8_0)
            third = noisy(3)
            checkpoint.start_from(again, third)
        for (name, one), other, last in zip(first.named_parameters(), second.parameters(), third.parameters()):
            if one.ndim == 1:
                self.assertTrue(torch.equal(one, other), name)
                continue
            # Half a step of the 8 bits of each block, and what the scale loses in 16 bits.
            step = one.detach().view(-1, 32).abs().amax(1, keepdim=True) / 127
            self.assertTrue(bool(((one - other).detach().view(-1, 32).abs() <= 0.5 * step + 127 * step * 2e-3).all()), name)
            self.assertTrue(torch.allclose(other, last, rtol=2e-3, atol=1e-4), name)

    @unittest.skipUnless(SHIPPED.exists(), "the model lies elsewhere")
    def test_the_shipped_model_comes_out_as_it_went_in(self):
        model = Model(SHAPES["s40"])
        checkpoint.start_from(SHIPPED, model)
        import gguf_reader
        reader = gguf_reader.Reader(SHIPPED)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.gguf")
            export_gguf.export(model, path, gguf_file.Q8_0)
            written = gguf_reader.Reader(path)
            self.assertEqual(written.names(), reader.names())
            for name in reader.names():
                one, other = reader.tensor(name), written.tensor(name)
                self.assertLessEqual(np.abs(one - other).max(), 2e-3 * np.abs(one).max(), name)

    def test_a_checkpoint_brings_its_weights_alone(self):
        first, second = noisy(1), noisy(2)
        with tempfile.TemporaryDirectory() as folder:
            checkpoint.save_portable(Path(folder), first, {"step": 7})
            checkpoint.start_from(Path(folder), second)
        self.assertLess(max(float((one - other).abs().max()) for one, other in zip(first.parameters(), second.parameters())), 0.02)

    def test_another_shape_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.gguf")
            export_gguf.export(noisy(1), path, gguf_file.Q8_0)
            with self.assertRaisesRegex(ValueError, "give the --shape of the file"):
                checkpoint.start_from(path, Model(SHAPES["s40"]))
            with self.assertRaisesRegex(FileNotFoundError, "--from names a GGUF file"):
                checkpoint.start_from(Path(folder, "z.gguf"), noisy(1))

    def test_rates_are_lower_where_weights_are_trained(self):
        import train
        with mock.patch("sys.argv", ["train.py", "--from", "x.gguf", "--checkpoint-out", "y", "--warm-up", "9"]):
            options = train.arguments()
        self.assertEqual((options.rate, options.warm_up, tuple(options.dictionary)), (1.5e-3, 9, (0.0, 0)))
        with mock.patch("sys.argv", ["train.py", "--checkpoint-out", "y"]):
            options = train.arguments()
        self.assertEqual((options.rate, options.warm_up, tuple(options.prompt_weight)), (3e-3, 100, (0.2, 0.06)))


if __name__ == "__main__":
    unittest.main()
