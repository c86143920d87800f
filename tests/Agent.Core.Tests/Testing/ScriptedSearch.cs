using Agent.Core.Retrieval;

namespace Agent.Core.Tests.Testing;

/// <summary>A search that answers as it is told and remembers what it was asked.</summary>
internal sealed class ScriptedSearch(Func<PassageQuery, CancellationToken, Task<IReadOnlyList<PassageHit>>> answer) : IPassageSearch
{
    public ScriptedSearch(params PassageHit[] hits)
        : this((_, _) => Task.FromResult<IReadOnlyList<PassageHit>>(hits))
    {
    }

    public List<PassageQuery> Queries { get; } = [];

    public Task<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default)
    {
        lock (Queries)
        {
            Queries.Add(query);
        }

        return answer(query, cancellationToken);
    }

    public static PassageHit Hit(string text, double score = 1, string title = "", string source = "a.md", int ordinal = 0, string? id = null, params string[] headings) =>
        new(Passage(text, title, source, ordinal, id, headings), score);

    public static Passage Passage(string text, string title = "", string source = "a.md", int ordinal = 0, string? id = null, params string[] headings) => new()
    {
        Id = id ?? $"{source}#{ordinal}#{text.GetHashCode(StringComparison.Ordinal)}",
        Source = source,
        Title = title,
        HeadingPath = headings,
        Text = text,
        Ordinal = ordinal,
        Start = 10 * ordinal,
        End = (10 * ordinal) + text.Length,
        TokenCount = text.Length / 4,
        Tags = [],
        Metadata = new Dictionary<string, string>(),
    };
}
