namespace Agent.Core.Inference.Drafting;

/// <summary>
/// Finds where the end of a text stood earlier in the same text: what followed there may follow here. That is so while a model quotes a
/// passage, a tool's result or itself.
/// </summary>
/// <remarks>
/// Prompt lookup decoding (A. Saxena, 2023), with the match finder of LZ77: a table of the last place of each run of three tokens, and for
/// each place the one before it with the same hash; of a few places the one with the longest match is taken. Not thread-safe.
/// </remarks>
internal sealed class PromptLookup
{
    /// <summary>Tokens that must agree.</summary>
    public const int LeastMatch = 3;

    /// <summary>Longer matches count as this long.</summary>
    public const int MostMatch = 32;

    private const int MostPlaces = 8;
    private const int None = -1;

    // Places are indexes of the token behind a run.
    private int[] _last = [];
    private int[] _before = [];
    private int _known;

    /// <summary>Looks the end of a text up.</summary>
    /// <param name="tokens">The text. From call to call it only grows.</param>
    /// <param name="match">How many tokens agree, up to <see cref="MostMatch"/>.</param>
    /// <returns>Index of the token that followed there; -1 where nothing agrees.</returns>
    public int Find(ReadOnlySpan<int> tokens, out int match)
    {
        Learn(tokens);
        match = 0;
        var found = None;
        if (tokens.Length < LeastMatch)
        {
            return None;
        }

        var place = _last[Slot(tokens, tokens.Length)];
        for (var looked = 0; place != None && looked < MostPlaces; looked++)
        {
            var length = Agreement(tokens, place);
            if (length >= LeastMatch && length > match)
            {
                match = length;
                found = place;
            }

            place = _before[place];
        }

        return found;
    }

    /// <summary>Takes in the runs that have a successor by now.</summary>
    private void Learn(ReadOnlySpan<int> tokens)
    {
        if (_before.Length < tokens.Length || _last.Length == 0)
        {
            Grow(tokens);
        }

        for (_known = Math.Max(_known, LeastMatch); _known < tokens.Length; _known++)
        {
            var slot = Slot(tokens, _known);
            _before[_known] = _last[slot];
            _last[slot] = _known;
        }
    }

    private void Grow(ReadOnlySpan<int> tokens)
    {
        var capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, tokens.Length + (tokens.Length / 4)));
        _before = new int[capacity];
        _last = new int[2 * capacity];
        Array.Fill(_last, None);
        _known = 0;
    }

    /// <summary>Where the run of tokens before an index belongs in the table.</summary>
    private int Slot(ReadOnlySpan<int> tokens, int end)
    {
        var hash = (uint)tokens[end - 1];
        hash = (hash * 0x9E3779B1) ^ (uint)tokens[end - 2];
        hash = (hash * 0x9E3779B1) ^ (uint)tokens[end - 3];
        hash *= 0x9E3779B1;
        return (int)((hash ^ (hash >> 15)) & (uint)(_last.Length - 1));
    }

    private static int Agreement(ReadOnlySpan<int> tokens, int place)
    {
        var most = Math.Min(MostMatch, place);
        var length = 0;
        while (length < most && tokens[^(length + 1)] == tokens[place - 1 - length])
        {
            length++;
        }

        return length;
    }
}
