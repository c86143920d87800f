"""Packing, quantising and the GGUF writer; where numpy is installed."""
import random
import struct
import tempfile
import unittest
from pathlib import Path

try:
    import numpy as np

    import dataset
    import evaluate
    import gguf_file
    import gguf_reader
    from tokeniser import Tokeniser
except ImportError:
    np = None

SHIPPED = Path(__file__).resolve().parents[2] / "agent-mini.gguf"


@unittest.skipIf(np is None, "numpy is not installed")
class TrainingTests(unittest.TestCase):
    def test_packing_keeps_every_document_whole(self):
        rng = random.Random(1)
        documents = []
        for number in range(60):
            size = rng.randint(5, 90)
            documents.append(([number + 1] * size, [1] * (size // 2) + [2] * (size - size // 2)))
        rows = dataset.pack(documents, 100, 0, rng)
        counted = {}
        for ids, owners, learn in rows:
            for owner in set(owners) - {dataset.PADDING_DOCUMENT}:
                inside = owners == owner
                self.assertEqual(len(set(ids[inside])), 1)
                counted[int(ids[inside][0])] = int(inside.sum())
                # The last token of a document predicts nothing.
                self.assertEqual(learn[inside][-1], 0)
            self.assertTrue((learn[owners == dataset.PADDING_DOCUMENT] == 0).all())
        self.assertEqual(counted, {ids[0]: len(ids) for ids, _ in documents})
        self.assertGreater((rows[:, 1] != dataset.PADDING_DOCUMENT).mean(), 0.85)

    def test_targets_are_the_kinds_of_the_next_token(self):
        rows = dataset.pack([([7, 8, 9], [1, 2, 2])], 5, 0, random.Random(1))
        self.assertEqual(rows[0, 2].tolist(), [2, 2, 0, 0, 0])

    def test_generated_rows_fit(self):
        tokeniser = Tokeniser(fast=False)
        documents = dataset.encode_dialogues(tokeniser, random.Random(2), 60, 4096)
        rows = dataset.pack(documents, 4096, tokeniser.end_of_text, random.Random(2))
        self.assertLess(rows[:, 0].max(), 12_288)
        self.assertTrue((rows[:, 2] == 2).any())

    def test_eight_bits_come_back_close(self):
        values = np.random.default_rng(1).normal(size=(8, 64)).astype(np.float32)
        back = gguf_file.dequantise_q8_0(gguf_file.quantise_q8_0(values), values.shape)
        self.assertLess(np.abs(back - values).max(), np.abs(values).max() / 127)
        self.assertEqual(np.abs(gguf_file.dequantise_q8_0(gguf_file.quantise_q8_0(np.zeros((2, 32))), (2, 32))).max(), 0)

    def test_a_gguf_file_has_its_parts_where_the_header_says(self):
        writer = gguf_file.Writer()
        writer.add("general.architecture", "qwen2")
        writer.add("some.list", [1, 2, 3])
        writer.add_tensor("a", np.ones((2, 32), np.float32), gguf_file.Q8_0)
        writer.add_tensor("b", np.arange(3, dtype=np.float32), gguf_file.F32)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.gguf")
            size = writer.write(path)
            data = path.read_bytes()
        self.assertEqual(len(data), size)
        self.assertEqual(data[:4], b"GGUF")
        self.assertEqual(struct.unpack("<IQQ", data[4:24]), (3, 2, 2))
        # The second tensor: 12 bytes, padded to 32, at the end.
        self.assertEqual(np.frombuffer(data[-32:-20], "<f4").tolist(), [0, 1, 2])

    def test_what_was_written_is_read(self):
        rng = np.random.default_rng(2)
        tensors = {"a": (rng.normal(size=(4, 64)), gguf_file.Q8_0), "b": (rng.normal(size=5), gguf_file.F32), "c": (rng.normal(size=(2, 3)), gguf_file.F16)}
        entries = {"name": "x", "sizes": [1, 2], "words": ["a", "字"], "count": 7, "rate": 0.5, "flag": True}
        writer = gguf_file.Writer()
        for key, value in entries.items():
            writer.add(key, value)
        for name, (values, kind) in tensors.items():
            writer.add_tensor(name, values.astype(np.float32), kind)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.gguf")
            writer.write(path)
            reader = gguf_reader.Reader(path)
            path.write_bytes(path.read_bytes()[:-64])
            cut = gguf_reader.Reader(path)
        self.assertEqual(reader.metadata, entries)
        self.assertEqual(reader.names(), list(tensors))
        for name, (values, _) in tensors.items():
            self.assertEqual(reader.tensor(name).shape, values.shape)
            self.assertLess(np.abs(reader.tensor(name) - values).max(), 0.02)
        with self.assertRaisesRegex(ValueError, "ends inside c; the file is not whole"):
            cut.tensor("c")

    def test_a_file_of_another_kind_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.gguf")
            path.write_bytes(b"nothing of the kind")
            with self.assertRaisesRegex(ValueError, "is no GGUF file"):
                gguf_reader.Reader(path)

    @unittest.skipUnless(SHIPPED.exists(), "the model lies elsewhere")
    def test_the_shipped_model_can_be_read(self):
        reader = gguf_reader.Reader(SHIPPED)
        self.assertEqual(reader.metadata["qwen2.block_count"], 13)
        embedding = reader.tensor("token_embd.weight")
        self.assertEqual(embedding.shape, (12_288, 512))
        self.assertTrue(0.001 < float(np.abs(embedding).mean()) < 1)
        # What comes from blocks of eight bits becomes the same blocks again.
        again = gguf_file.dequantise_q8_0(gguf_file.quantise_q8_0(embedding), embedding.shape)
        self.assertLess(np.abs(again - embedding).max(), 2e-3 * np.abs(embedding).max())

    def test_a_perfect_reader_scores_one(self):
        held_out = evaluate.HeldOut(Tokeniser(fast=False), 4096, 1)
        perfect = held_out.score(lambda ids, documents: np.roll(ids, -1, 1), 4)
        self.assertEqual(set(perfect.values()), {1.0})
        worst = held_out.score(lambda ids, documents: np.zeros_like(ids), 4)
        self.assertEqual(worst["all"], 0.0)


if __name__ == "__main__":
    unittest.main()
