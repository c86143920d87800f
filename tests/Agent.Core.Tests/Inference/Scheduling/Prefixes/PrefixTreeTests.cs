using System.Diagnostics;
using Agent.Core.Inference.Scheduling.Prefixes;

namespace Agent.Core.Tests.Inference.Scheduling.Prefixes;

public class PrefixTreeTests
{
    [Fact]
    public void Each_sequence_is_matched_as_far_as_it_goes()
    {
        var tree = new PrefixTree(5, 1);
        tree.Set(0, "", [1, 2, 3, 4], live: false);
        tree.Set(1, "", [1, 2, 3, 4, 5, 6], live: true);
        tree.Set(2, "", [1, 2, 9], live: false);
        tree.Set(3, "", [7], live: false);
        tree.CheckIntegrity();

        Assert.Equal([4, 5, 2, 0, 0], Match(tree, "", [1, 2, 3, 4, 5, 8]));
        Assert.Equal([1, 1, 1, 0, 0], Match(tree, "", [1]));
        Assert.Equal([0, 0, 0, 0, 0], Match(tree, "", []));
    }

    [Fact]
    public void What_one_tenant_holds_is_not_there_for_another()
    {
        var tree = new PrefixTree(3, 1);
        tree.Set(0, "a", [1, 2, 3], live: false);
        tree.Set(1, "b", [1, 2, 3], live: false);
        tree.Set(2, "", [1, 2, 3], live: false);
        tree.CheckIntegrity();

        Assert.Equal([3, 0, 0], Match(tree, "a", [1, 2, 3]));
        Assert.Equal([0, 3, 0], Match(tree, "b", [1, 2, 3]));
        Assert.Equal([0, 0, 3], Match(tree, "", [1, 2, 3]));
        Assert.Equal([0, 0, 0], Match(tree, "c", [1, 2, 3]));
    }

    [Fact]
    public void The_least_loss_goes_first_and_what_is_in_use_never()
    {
        var tree = new PrefixTree(5, 2);
        tree.Set(0, "", [1, 2, 3, 4], live: false);
        tree.Set(1, "", [8, 8], live: false);
        tree.Set(2, "", [1, 2, 3], live: false);
        tree.Set(3, "", [9, 9], live: true);
        tree.Pin("", [8]);
        var order = new List<int>();
        for (var next = Evictable(tree); next >= 0; next = Evictable(tree))
        {
            order.Add(next);
            tree.Set(next, "", [5, 5, next], live: true);
            tree.CheckIntegrity();
        }

        // The empty one, the copy, the one unused for longest, the pinned one.
        Assert.Equal([4, 2, 0, 1], order);
    }

    [Fact]
    public void A_pin_keeps_its_last_copy_only_and_the_oldest_pin_gives_way()
    {
        var tree = new PrefixTree(3, 2);
        tree.Set(0, "", [1, 2, 3], live: false);
        tree.Set(1, "", [1, 2, 4], live: false);
        tree.Set(2, "", [5, 6], live: false);
        tree.Pin("", [1, 2]);
        tree.Pin("", [5]);

        Assert.Equal([2, 2, 1], Enumerable.Range(0, 3).Select(tree.PinnedLength));
        Assert.Equal(0, Evictable(tree));
        tree.Set(0, "", [7], live: true);
        Assert.Equal(-1, tree.FindEvictable(PrefixLoss.Nothing, PrefixLoss.Prefix));
        Assert.Equal(1, Evictable(tree));

        tree.Pin("", [1, 2]);
        tree.Pin("", [9]);
        tree.CheckIntegrity();
        Assert.Equal([0, 2, 0], Enumerable.Range(0, 3).Select(tree.PinnedLength));
        Assert.Equal(2, Evictable(tree));
    }

    [Fact]
    public void A_pin_of_another_tenant_protects_nothing()
    {
        var tree = new PrefixTree(1, 2);
        tree.Set(0, "a", [1, 2], live: false);
        tree.Pin("b", [1, 2]);

        Assert.Equal(0, tree.PinnedLength(0));
        Assert.Equal(0, tree.FindEvictable(PrefixLoss.Nothing, PrefixLoss.Prefix));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_changes_agree_with_a_comparison_of_every_pair(int seed)
    {
        const int Sequences = 12;
        var random = new Random(seed);
        var tree = new PrefixTree(Sequences, 3);
        var model = new (string Salt, int[] Tokens)[Sequences];
        Array.Fill(model, ("", []));
        var pins = new List<(string Salt, int[] Tokens)>();
        for (var i = 0; i < 4000; i++)
        {
            var (salt, tokens) = (random.Next(4) == 0 ? "x" : "", Tokens(random));
            switch (random.Next(8))
            {
                case 0 when tokens.Length > 0:
                    tree.Pin(salt, tokens);
                    pins.RemoveAll(pin => pin.Salt == salt && pin.Tokens.AsSpan().SequenceEqual(tokens));
                    pins.Add((salt, tokens));
                    pins.RemoveRange(0, Math.Max(0, pins.Count - 3));
                    break;
                case 1:
                    // Cut where it stands, as a release does.
                    var cut = random.Next(Sequences);
                    var kept = model[cut].Tokens[..random.Next(model[cut].Tokens.Length + 1)];
                    tree.Set(cut, model[cut].Salt, tree.TokensOf(cut)[..kept.Length], live: false);
                    model[cut] = (model[cut].Salt, kept);
                    break;
                default:
                    var changed = random.Next(Sequences);
                    tree.Set(changed, salt, tokens, live: tokens.Length > 0 && random.Next(2) == 0);
                    model[changed] = (salt, tokens);
                    break;
            }

            tree.CheckIntegrity();
            var prompt = Tokens(random);
            Assert.Equal(model.Select(m => m.Salt == salt ? m.Tokens.AsSpan().CommonPrefixLength(prompt) : 0), Match(tree, salt, prompt));
            Assert.Equal(
                model.Select(m => pins.Where(pin => pin.Salt == m.Salt && m.Tokens.AsSpan().StartsWith(pin.Tokens)).Select(pin => pin.Tokens.Length).DefaultIfEmpty(0).Max()),
                Enumerable.Range(0, Sequences).Select(tree.PinnedLength));
        }
    }

    [Fact]
    public void Long_prompts_are_matched_against_all_sequences_in_far_less_than_a_step()
    {
        var random = new Random(1);
        var system = Enumerable.Range(0, 4096).Select(_ => random.Next(150_000)).ToArray();
        var tree = new PrefixTree(256, 8);
        for (var i = 0; i < 256; i++)
        {
            // A tree of conversations: each goes on from a part of the one before.
            tree.Set(i, "", [.. system.AsSpan(0, 16 * i), .. Enumerable.Range(0, 8192 - (16 * i)).Select(_ => random.Next(150_000))], live: false);
        }

        int[] prompt = [.. system, .. tree.TokensOf(255)[4080..]];
        var common = new int[256];
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 500; i++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            tree.Match("", prompt, common);
            var time = Stopwatch.GetElapsedTime(start);
            Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
            fastest = time < fastest ? time : fastest;
        }

        Assert.Equal(4080, common[255]);
        Assert.True(fastest < TimeSpan.FromMilliseconds(0.1), $"a match took {fastest.TotalMicroseconds:F1} us");
    }

    private static int Evictable(PrefixTree tree) => tree.FindEvictable(PrefixLoss.Nothing, PrefixLoss.Pinned);

    private static int[] Match(PrefixTree tree, string salt, int[] prompt)
    {
        var common = new int[tree.Sequences];
        tree.Match(salt, prompt, common);
        return common;
    }

    private static int[] Tokens(Random random) => [.. Enumerable.Range(0, random.Next(9)).Select(_ => random.Next(3))];
}
