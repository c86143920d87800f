using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Agent.Core.Inference;

namespace Agent.Core.Chat.Prompting;

/// <summary>Finds the literals of a vocabulary's added tokens.</summary>
internal sealed class AddedTokenTable
{
    private readonly SearchValues<string> _literals;
    private readonly FrozenDictionary<char, AddedToken[]> _byFirst;
    private readonly FrozenSet<int> _ids;

    /// <exception cref="ArgumentException">A user-defined token is a single character, which no split can take apart.</exception>
    public AddedTokenTable(IReadOnlyList<AddedToken> tokens)
    {
        foreach (var token in tokens)
        {
            if (!token.IsControl
                && Rune.DecodeFromUtf16(token.Text, out _, out var length) == OperationStatus.Done
                && length == token.Text.Length)
            {
                throw new ArgumentException(
                    $"The added token {token.Id} is the single character U+{Rune.GetRuneAt(token.Text, 0).Value:X4}, so untrusted text "
                    + "cannot be kept from becoming it; use a model whose user-defined tokens are longer.",
                    nameof(tokens));
            }
        }

        var searched = tokens.Where(token => token.Text.Length > 0).ToArray();
        _literals = SearchValues.Create([.. searched.Select(token => token.Text)], StringComparison.Ordinal);
        _byFirst = searched
            .GroupBy(token => token.Text[0])
            .ToFrozenDictionary(group => group.Key, group => group.OrderByDescending(token => token.Text.Length).ToArray());
        _ids = tokens.Select(token => token.Id).ToFrozenSet();
    }

    public bool IsAdded(int id) => _ids.Contains(id);

    /// <summary>Index of the first place where a literal begins; -1 when there is none.</summary>
    public int IndexOfLiteral(ReadOnlySpan<char> text) => text.IndexOfAny(_literals);

    /// <summary>The token with the longest literal that the text begins with.</summary>
    public AddedToken? LongestAtStart(ReadOnlySpan<char> text)
    {
        foreach (var token in _byFirst[text[0]])
        {
            if (text.StartsWith(token.Text))
            {
                return token;
            }
        }

        return null;
    }
}
