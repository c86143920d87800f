using System.CommandLine;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;
using Agent.Host.Configuration;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>The options that name a collection and labels of its documents.</summary>
internal sealed class CollectionOptions
{
    private readonly Option<string?> _collection;
    private readonly Option<string[]> _tags;
    private readonly Option<string[]> _metadata;

    /// <param name="tags">What <c>--tag</c> does.</param>
    /// <param name="metadata">What <c>--meta</c> does.</param>
    /// <param name="collection">What <c>--collection</c> does.</param>
    public CollectionOptions(string tags, string metadata, string collection = "The collection (Agent:Retrieval:Collection).")
    {
        _collection = new("--collection") { Description = collection, HelpName = "NAME" };
        _tags = new("--tag") { Description = tags, HelpName = "TAG", AllowMultipleArgumentsPerToken = false };
        _metadata = new("--meta") { Description = metadata, HelpName = "NAME=VALUE", AllowMultipleArgumentsPerToken = false };
    }

    /// <summary>The options of the commands that answer.</summary>
    public static CollectionOptions ForAnswers() => new(
        "Only documents with this tag; given several times, with all of them.",
        "Only documents with this metadata; given several times, with all of it.",
        "Answer from the passages of this collection (Agent:Retrieval:Collection; where Agent:Retrieval:Use is Off, as Context).");

    /// <summary>The settings of a command that answers: one that names a collection, or documents of it, wants passages.</summary>
    /// <exception cref="UsageException">An option is wrong.</exception>
    public AgentSettings Apply(ParseResult parsed, AgentSettings settings)
    {
        var filter = new PassageFilter { Tags = Tags(parsed), Metadata = Metadata(parsed) };
        if (parsed.GetValue(_collection) is null && filter.IsNone)
        {
            return settings;
        }

        var use = settings.Retrieval.Use == RetrievalUse.Off ? RetrievalUse.Context : settings.Retrieval.Use;
        return settings with { Retrieval = settings.Retrieval with { Use = use, Collection = Collection(parsed, settings), Filter = filter } };
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
    public CollectionName Collection(ParseResult parsed, AgentSettings settings) => parsed.GetValue(_collection) is not { } text ? settings.Retrieval.Collection
        : CollectionName.TryParse(text, out var name) ? name
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
