using Agent.Core.Native;

namespace Agent.Core.Tests.Native;

public class DecodePassesTests
{
    [Fact]
    public void Neighbours_share_a_pass_as_far_as_the_shortest_goes()
    {
        var passes = new DecodePasses(sequences: 8, batchCapacity: 64, microBatch: 64);
        passes.Begin(Batch((0, 1), (1, 5), (2, 1), (5, 1)));

        Assert.Equal(["0:1 1:1 2:1", "1:4", "5:1"], Read(passes));
    }

    [Fact]
    public void A_pass_holds_no_more_than_a_micro_batch()
    {
        var passes = new DecodePasses(sequences: 4, batchCapacity: 64, microBatch: 8);
        passes.Begin(Batch((0, 9), (1, 9), (3, 10)));

        Assert.Equal(["0:4 1:4", "0:4 1:4", "0:1 1:1", "3:8", "3:2"], Read(passes));
    }

    [Fact]
    public void Every_token_comes_once_and_in_order_whatever_the_step()
    {
        var random = new Random(3);
        var passes = new DecodePasses(sequences: 12, batchCapacity: 200, microBatch: 24);
        for (var round = 0; round < 500; round++)
        {
            var batch = new DecodeBatch(200);
            var outputs = new List<(int Sequence, int Position)>();
            for (var sequence = 0; sequence < 12; sequence++)
            {
                var count = random.Next(3) == 0 ? 0 : random.Next(4) == 0 ? random.Next(1, 16) : 1;
                for (var i = 0; i < count; i++)
                {
                    if (batch.Add(token: (sequence * 100) + i, i, sequence, output: random.Next(2) == 0) >= 0)
                    {
                        outputs.Add((sequence, i));
                    }
                }
            }

            var next = new int[12];
            var seen = new HashSet<int>();
            var rows = 0;
            passes.Begin(batch);
            while (passes.MoveNext())
            {
                var pass = passes.Pass;
                Assert.InRange(pass.Count, 1, 24);
                var counts = pass.Sequences.ToArray().GroupBy(s => s).ToList();
                Assert.Single(counts.Select(c => c.Count()).Distinct());
                Assert.Equal(Enumerable.Range(counts[0].Key, counts.Count), counts.Select(c => c.Key));
                var output = 0;
                for (var i = 0; i < pass.Count; i++)
                {
                    var sequence = pass.Sequences[i];
                    Assert.Equal(next[sequence]++, pass.Positions[i]);
                    Assert.Equal((sequence * 100) + pass.Positions[i], pass.Tokens[i]);
                    if (pass.Outputs[i] != 0)
                    {
                        Assert.Equal((sequence, pass.Positions[i]), outputs[passes.Outputs[output]]);
                        Assert.True(seen.Add(passes.Outputs[output++]));
                    }
                }

                Assert.Equal(output, passes.Outputs.Length);
                rows += pass.Count;
                Assert.Equal(rows == batch.Count, passes.IsLast);
            }

            Assert.Equal((batch.Count, batch.OutputCount), (rows, seen.Count));
        }
    }

    private static DecodeBatch Batch(params (int Sequence, int Tokens)[] rows)
    {
        var batch = new DecodeBatch(64);
        foreach (var (sequence, tokens) in rows)
        {
            for (var i = 0; i < tokens; i++)
            {
                batch.Add(token: 1, i, sequence, output: i == tokens - 1);
            }
        }

        return batch;
    }

    private static List<string> Read(DecodePasses passes)
    {
        var read = new List<string>();
        while (passes.MoveNext())
        {
            read.Add(string.Join(' ', passes.Pass.Sequences.ToArray().GroupBy(s => s).Select(s => $"{s.Key}:{s.Count()}")));
        }

        return read;
    }
}
