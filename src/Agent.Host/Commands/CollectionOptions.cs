using System.CommandLine;
using Agent.Core.Retrieval.Storage;
using Agent.Host.Configuration;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>The options that name a collection and labels of its documents.</summary>
internal sealed class CollectionOptions
{
    private readonly Option<string?> _collection = new("--collection") { Description = "The collection (Agent:Retrieval:Collection).", HelpName = "NAME" };
    private readonly Option<string[]> _tags;
    private readonly Option<string[]> _metadata;

    /// <param name="tags">What <c>--tag</c> does.</param>
    /// <param name="metadata">What <c>--meta</c> does.</param>
    public CollectionOptions(string tags, string metadata)
    {
        _tags = new("--tag") { Description = tags, HelpName = "TAG", AllowMultipleArgumentsPerToken = false };
        _metadata = new("--meta") { Description = metadata, HelpName = "NAME=VALUE", AllowMultipleArgumentsPerToken = false };
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_collection);
        command.Add(_tags);
        command.Add(_metadata);
    }

    /// <summary>The collection that is meant.</summary>
    /// <exception cref="UsageException">The name is none.</exception>
    public CollectionName Collection(ParseResult parsed, AgentSettings settings) => parsed.GetValue(_collection) is { } text ? Parse(text) : settings.Retrieval.Collection;

    /// <summary>The name that <c>--collection</c> gives.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static CollectionName Parse(string text) => CollectionName.TryParse(text, out var name)
        ? name
        : throw new UsageException($"--collection: '{text}' is no name of a collection. Use 1 to 64 of a-z, 0-9, - and _, beginning with a letter or digit.");

    /// <summary>The tags.</summary>
    /// <exception cref="UsageException">One is empty.</exception>
    public IReadOnlyList<string> Tags(ParseResult parsed)
    {
        var tags = parsed.GetValue(_tags) ?? [];
        return tags.All(IsLabel) ? [.. tags.Distinct(StringComparer.Ordinal)] : throw new UsageException("--tag: give 1 to 200 characters.");
    }

    /// <summary>The metadata.</summary>
    /// <exception cref="UsageException">A value is missing, or a name comes twice.</exception>
    public IReadOnlyDictionary<string, string> Metadata(ParseResult parsed)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in parsed.GetValue(_metadata) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 || !IsLabel(pair[..at]) || !IsLabel(pair[(at + 1)..]))
            {
                throw new UsageException($"--meta: '{pair}' is not NAME=VALUE. Write, for example, --meta year=2026; both of 1 to 200 characters.");
            }

            if (!metadata.TryAdd(pair[..at], pair[(at + 1)..]))
            {
                throw new UsageException($"--meta: '{pair[..at]}' comes twice. A document has one value of each name; use --tag for several.");
            }
        }

        return metadata;
    }

    private static bool IsLabel(string text) => text.Length is >= 1 and <= 200;
}
