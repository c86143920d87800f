using System.Runtime.CompilerServices;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>A vocabulary as constraints need it: its tokens as a trie, and the large sets of tokens inside strings.</summary>
/// <remarks>Built once for each model and shared. Thread-safe. Added tokens are in none of the sets: they stand for no text.</remarks>
internal sealed class TokenVocabulary
{
    private const int MostLimited = 256;

    private static readonly ConditionalWeakTable<ITokenizer, Lazy<TokenVocabulary>> s_known = [];

    private readonly ITokenizer _tokenizer;
    private readonly StringTokens?[] _ofValues = new StringTokens?[StringLexer.States];
    private readonly StringTokens?[] _ofNames = new StringTokens?[StringLexer.States];
    private readonly Dictionary<(int State, int Room), ulong[]> _limited = [];
    private readonly Lock _gate = new();

    private TokenVocabulary(ITokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        Size = tokenizer.VocabularySize;
        var added = tokenizer.AddedTokens.Select(t => t.Id).ToHashSet();
        var entries = new List<(int, ReadOnlyMemory<byte>)>(Size);
        var ends = new List<int>();
        for (var token = 0; token < Size; token++)
        {
            if (tokenizer.IsEndOfGeneration(token))
            {
                ends.Add(token);
            }
            else if (!added.Contains(token) && tokenizer.GetBytes(token) is { IsEmpty: false } bytes)
            {
                entries.Add((token, bytes.ToArray()));
                LongestToken = Math.Max(LongestToken, bytes.Length);
            }
        }

        EndTokens = [.. ends];
        Trie = TokenTrie.Build(entries);

        // Now and not when they are first met: that would be between two steps of the engine.
        for (var state = 0; state < StringLexer.States; state++)
        {
            OfValues(state);
            OfNames(state);
        }
    }

    /// <summary>Tokens of the vocabulary.</summary>
    public int Size { get; }

    /// <summary>Bytes of the longest token.</summary>
    public int LongestToken { get; }

    /// <summary>Tokens that end a turn, ascending.</summary>
    public int[] EndTokens { get; }

    /// <summary>All tokens that stand for text.</summary>
    public TokenTrie Trie { get; }

    /// <summary>Bytes that trie and sets take up by now.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return Trie.Bytes + _ofValues.Concat(_ofNames).Sum(s => s?.Bytes ?? 0) + (_limited.Count * (Size / 8L));
            }
        }
    }

    /// <summary>The vocabulary of a tokeniser; built once, by the first who asks, while others wait.</summary>
    public static TokenVocabulary Of(ITokenizer tokenizer) => s_known.GetValue(tokenizer, Deferred).Value;

    /// <summary>Begins to build the vocabulary of a tokeniser on a thread of the pool, unless somebody has.</summary>
    public static void Prepare(ITokenizer tokenizer)
    {
        var vocabulary = Deferred(tokenizer);
        if (s_known.TryAdd(tokenizer, vocabulary))
        {
            // What it throws, it throws again for those who ask.
            _ = Task.Run(() => vocabulary.Value);
        }
    }

    private static Lazy<TokenVocabulary> Deferred(ITokenizer tokenizer) => new(() => new TokenVocabulary(tokenizer));

    /// <summary>Encodes text as the tokeniser writes it.</summary>
    public void Encode(string text, List<int> destination) => _tokenizer.Encode(text, destination);

    /// <summary>Bytes of a token.</summary>
    public ReadOnlySpan<byte> GetBytes(int token) => _tokenizer.GetBytes(token);

    /// <summary>The tokens that stand for exactly some bytes.</summary>
    public ReadOnlySpan<int> FindTokens(ReadOnlySpan<byte> bytes)
    {
        var node = 0;
        foreach (var b in bytes)
        {
            var child = node + 1;
            while (child < Trie.End(node) && Trie.Label(child) != b)
            {
                child = Trie.End(child);
            }

            if (child >= Trie.End(node))
            {
                return [];
            }

            node = child;
        }

        return Trie.Tokens.AsSpan(Trie.TokensAt(node));
    }

    /// <summary>The added token of a text; null where there is none.</summary>
    public int? FindAdded(string text) => _tokenizer.AddedTokens.FirstOrDefault(t => t.Text == text)?.Id;

    /// <summary>The tokens inside a string value, from a state of its lexer.</summary>
    public StringTokens OfValues(int state) => Volatile.Read(ref _ofValues[state]) ?? Create(_ofValues, StringLexer.OfValues, state);

    /// <summary>The tokens inside the name of a property, from a state of its lexer.</summary>
    public StringTokens OfNames(int state) => Volatile.Read(ref _ofNames[state]) ?? Create(_ofNames, StringLexer.OfNames, state);

    /// <summary>The tokens that stay in a string value that may grow by a number of characters.</summary>
    public ulong[] OfValues(int state, int room)
    {
        if (room >= LongestToken)
        {
            return OfValues(state).Inside;
        }

        lock (_gate)
        {
            if (_limited.TryGetValue((state, room), out var known))
            {
                return known;
            }
        }

        var bits = OfValues(state).InsideUpTo(room);
        lock (_gate)
        {
            if (_limited.Count >= MostLimited)
            {
                _limited.Clear();
            }

            _limited[(state, room)] = bits;
        }

        return bits;
    }

    private StringTokens Create(StringTokens?[] sets, StringLexer lexer, int state)
    {
        var inside = new List<(int Token, int Characters)>();
        var closing = new List<(int Token, int At, int Characters)>();
        Collect(lexer, 0, state, (0, 0), inside, closing);
        var characters = closing.ToDictionary(c => c.Token, c => c.Characters);
        var behind = TokenTrie.Build([.. closing.Select(c => (c.Token, (ReadOnlyMemory<byte>)_tokenizer.GetBytes(c.Token)[c.At..].ToArray()))]);
        var whole = TokenTrie.Build([.. closing.Select(c => (c.Token, (ReadOnlyMemory<byte>)_tokenizer.GetBytes(c.Token).ToArray()))]);
        var created = new StringTokens
        {
            Inside = BitsOf(inside),
            Long = LongestFirst(inside),
            Closing = behind,
            ClosingCharacters = [.. behind.Tokens.Select(t => characters[t])],
            ClosingWhole = whole,
        };
        return Interlocked.CompareExchange(ref sets[state], created, null) ?? created;
    }

    private ulong[] BitsOf(List<(int Token, int Characters)> inside)
    {
        var bits = new ulong[(Size + 63) / 64];
        foreach (var (token, _) in inside)
        {
            bits[token >> 6] |= 1UL << token;
        }

        return bits;
    }

    /// <summary>Those that begin characters, by how many; they are counted into their places, for there are many tokens and few numbers.</summary>
    private (int Token, int Characters)[] LongestFirst(List<(int Token, int Characters)> inside)
    {
        var places = new int[LongestToken + 1];
        foreach (var (_, characters) in inside)
        {
            places[characters]++;
        }

        var sorted = new (int Token, int Characters)[inside.Count - places[0]];
        var place = 0;
        for (var characters = LongestToken; characters > 0; characters--)
        {
            (places[characters], place) = (place, place + places[characters]);
        }

        foreach (var entry in inside)
        {
            if (entry.Characters > 0)
            {
                sorted[places[entry.Characters]++] = entry;
            }
        }

        return sorted;
    }

    private void Collect(StringLexer lexer, int node, int state, (int Bytes, int Characters) read, List<(int Token, int Characters)> inside, List<(int Token, int At, int Characters)> closing)
    {
        var begun = read.Characters + (state == StringLexer.Start ? 1 : 0);
        for (var child = node + 1; child < Trie.End(node); child = Trie.End(child))
        {
            var next = lexer.Next(state, Trie.Label(child));
            if (next >= 0)
            {
                foreach (var token in Trie.Tokens.AsSpan(Trie.TokensAt(child)))
                {
                    inside.Add((token, begun));
                }

                Collect(lexer, child, next, (read.Bytes + 1, begun), inside, closing);
            }
            else if (next == StringLexer.End)
            {
                AddClosing(child, read.Bytes + 1, read.Characters, closing);
            }
        }
    }

    private void AddClosing(int node, int at, int characters, List<(int Token, int At, int Characters)> closing)
    {
        for (var below = node; below < Trie.End(node); below++)
        {
            foreach (var token in Trie.Tokens.AsSpan(Trie.TokensAt(below)))
            {
                closing.Add((token, at, characters));
            }
        }
    }
}
