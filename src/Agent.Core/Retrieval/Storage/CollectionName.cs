using System.Diagnostics.CodeAnalysis;

namespace Agent.Core.Retrieval.Storage;

/// <summary>The name of a collection: one that cannot lead out of its folder on any system. Immutable.</summary>
public sealed record CollectionName
{
    private CollectionName(string value) => Value = value;

    /// <summary>The collection that is meant where none is named.</summary>
    public static CollectionName Default { get; } = new("default");

    /// <summary>The name.</summary>
    /// <value>1 to 64 of a-z, 0-9, - and _, a letter or digit first.</value>
    public string Value { get; }

    /// <summary>Checks a name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name, where it is one.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CollectionName? name)
    {
        name = text is { Length: > 0 and <= 64 } && text[0] is not ('-' or '_') && text.All(IsAllowed) ? new CollectionName(text) : null;
        return name is not null;
    }

    /// <summary>Takes a name.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">It is no name of a collection; the message says what is.</exception>
    public static CollectionName Parse(string text) => TryParse(text, out var name)
        ? name
        : throw new ArgumentException($"'{text}' is no name of a collection. Use 1 to 64 of a-z, 0-9, - and _, beginning with a letter or digit.", nameof(text));

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsAllowed(char character) => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '_';
}
