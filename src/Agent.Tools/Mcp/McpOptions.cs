using Agent.Tools.Safety;
using Agent.Tools.Yaml;

namespace Agent.Tools.Mcp;

/// <summary>The options of one <c>kind: mcp</c> entry, read and checked.</summary>
internal sealed record McpOptions
{
    /// <summary><c>command</c> and what belongs to it; null for a server behind HTTP.</summary>
    internal McpProgramOptions? Program { get; init; }

    /// <summary><c>url</c> and what belongs to it; null for a program.</summary>
    internal McpHttpOptions? Http { get; init; }

    /// <summary>Where <c>command</c> or <c>url</c> stands.</summary>
    internal required SourcePosition Position { get; init; }

    /// <summary><c>tools</c>: the names that are taken; null for all.</summary>
    internal IReadOnlyList<YamlScalar>? Tools { get; init; }

    /// <summary><c>exclude</c>: the names that are left out.</summary>
    internal required IReadOnlyList<YamlScalar> Exclude { get; init; }

    /// <summary><c>prefix</c> of every tool's name; empty by default.</summary>
    internal required string Prefix { get; init; }

    /// <summary><c>pin</c>: 64 lower-case hexadecimal digits; null where the tools were not reviewed yet.</summary>
    internal string? Pin { get; init; }

    /// <summary>Where <c>pin</c> stands.</summary>
    internal SourcePosition? PinPosition { get; init; }

    /// <summary><c>trust_annotations</c>: whether what the server says of the effects of its tools is believed.</summary>
    internal bool TrustAnnotations { get; init; }

    /// <summary><c>start_timeout</c>: from the start to the list of tools.</summary>
    internal required TimeSpan StartTimeout { get; init; }

    /// <summary>Takes the values of variables out of everything that leaves the tools.</summary>
    internal required SecretRedactor Redactor { get; init; }
}
