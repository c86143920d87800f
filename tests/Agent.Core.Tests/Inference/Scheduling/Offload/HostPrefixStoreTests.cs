using Agent.Core.Inference.Scheduling.Offload;
using Agent.Core.Native;

namespace Agent.Core.Tests.Inference.Scheduling.Offload;

public class HostPrefixStoreTests
{
    [Fact]
    public void The_longest_prefix_is_found_and_of_two_the_smaller_one()
    {
        using var store = new HostPrefixStore(1000, 8);
        Add(store, "", [1, 2, 3, 4, 5], 100);
        Add(store, "", [1, 2, 9], 50);
        Add(store, "", [1, 2, 3, 8], 60);

        Assert.Equal([1, 2, 3, 4, 5], Found(store, "", [1, 2, 3, 4, 5, 6]));
        Assert.Equal((60, 3), Sized(store, "", [1, 2, 3, 7]));
        Assert.Equal((50, 2), Sized(store, "", [1, 2]));
        Assert.False(store.Find("", [2, 1]).IsFound);
        Assert.False(store.Find("", []).IsFound);
    }

    [Fact]
    public void What_one_tenant_left_is_not_there_for_another()
    {
        using var store = new HostPrefixStore(1000, 8);
        Add(store, "a", [1, 2, 3], 10);
        Add(store, "", [1, 2], 10);

        Assert.Equal([1, 2, 3], Found(store, "a", [1, 2, 3]));
        Assert.Equal([1, 2], Found(store, "", [1, 2, 3]));
        Assert.False(store.Find("b", [1, 2, 3]).IsFound);
    }

    [Fact]
    public void A_longer_state_takes_the_place_of_those_that_begin_it_but_only_under_its_salt()
    {
        using var store = new HostPrefixStore(1000, 8);
        var shorter = Add(store, "", [1, 2], 10);
        Add(store, "a", [1, 2], 10);
        Add(store, "", [1, 3], 10);
        Add(store, "", [1, 2, 3], 20);

        Assert.True(shorter.IsClosed);
        Assert.Equal((3, 40), (store.Count, store.Bytes));
    }

    [Fact]
    public void The_one_unused_for_longest_makes_room_and_its_memory_is_freed()
    {
        using var store = new HostPrefixStore(100, 8);
        var first = Add(store, "", [1], 40);
        var second = Add(store, "", [2], 40);
        store.Touch(store.Find("", [1]).Entry);
        Add(store, "", [3], 50);

        Assert.Equal((false, true), (first.IsClosed, second.IsClosed));
        Assert.Equal((2, 90), (store.Count, store.Bytes));
    }

    [Fact]
    public void What_is_about_to_be_restored_makes_no_room_and_what_cannot_fit_beside_it_frees_nothing()
    {
        using var store = new HostPrefixStore(100, 8);
        Add(store, "", [1], 40);
        Add(store, "", [2], 40);
        var keep = store.Find("", [1]).Entry;

        Assert.False(store.TryMakeRoom("", [3], 61, keep));
        Assert.False(store.TryMakeRoom("", [3], 101, keep: -1));
        Assert.Equal(2, store.Count);
        Assert.True(store.TryMakeRoom("", [3], 60, keep));
        Assert.Equal([1], Found(store, "", [1]));
        Assert.Equal(1, store.Count);
        store.CheckIntegrity();
    }

    [Fact]
    public void Entries_have_a_limit_too()
    {
        using var store = new HostPrefixStore(1000, 2);
        Add(store, "", [1], 1);
        Add(store, "", [2], 1);
        Add(store, "", [3], 1);

        Assert.Equal(2, store.Count);
        Assert.False(store.Find("", [1]).IsFound);
    }

    [Fact]
    public void All_memory_is_freed_with_the_store()
    {
        var store = new HostPrefixStore(100, 4);
        SequenceState[] states = [Add(store, "", [1], 10), Add(store, "a", [1, 2], 20)];
        store.Dispose();

        Assert.All(states, state => Assert.True(state.IsClosed));
        Assert.Equal((0, 0L), (store.Count, store.Bytes));
    }

    [Fact]
    public void Random_use_never_breaks_the_books()
    {
        var random = new Random(1);
        using var store = new HostPrefixStore(500, 12);
        for (var i = 0; i < 5000; i++)
        {
            var salt = random.Next(4) == 0 ? "a" : "";
            int[] tokens = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1, 3))];
            var found = store.Find(salt, tokens);
            if (found.Tokens < tokens.Length && random.Next(3) > 0)
            {
                var bytes = random.Next(1, 150);
                if (store.TryMakeRoom(salt, tokens, bytes, found.Entry))
                {
                    Assert.True(!found.IsFound || store.LengthOf(found.Entry) > 0);
                    store.Add(salt, tokens, new SequenceState(bytes));
                    Assert.Equal(tokens, Found(store, salt, tokens));
                }
            }
            else if (found.IsFound)
            {
                Assert.True(store.LengthOf(found.Entry) >= found.Tokens);
                store.Remove(found.Entry);
            }

            store.CheckIntegrity();
        }
    }

    private static SequenceState Add(HostPrefixStore store, string salt, int[] tokens, int bytes)
    {
        Assert.True(store.TryMakeRoom(salt, tokens, bytes, keep: -1));
        var state = new SequenceState(bytes);
        store.Add(salt, tokens, state);
        store.CheckIntegrity();
        return state;
    }

    private static IEnumerable<int> Found(HostPrefixStore store, string salt, int[] prompt) => prompt.Take(store.Find(salt, prompt).Tokens);

    private static (long Bytes, int Tokens) Sized(HostPrefixStore store, string salt, int[] prompt)
    {
        var found = store.Find(salt, prompt);
        return (store.StateOf(found.Entry).Length, found.Tokens);
    }
}
