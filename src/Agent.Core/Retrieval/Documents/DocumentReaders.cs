namespace Agent.Core.Retrieval.Documents;

/// <summary>The readers that come with the package.</summary>
public static class DocumentReaders
{
    /// <summary>One of each, in order of format: every public reader of this assembly, so that a new one is a new file and nothing else.</summary>
    public static IReadOnlyList<IDocumentReader> Default { get; } =
    [
        .. typeof(DocumentReaders).Assembly.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IDocumentReader)))
            .Select(type => (IDocumentReader)Activator.CreateInstance(type)!)
            .OrderBy(reader => reader.Format, StringComparer.Ordinal),
    ];
}
