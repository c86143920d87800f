namespace Agent.Core.Retrieval.Documents;

/// <summary>
/// Reads one format. A public class of this assembly with a parameterless constructor is found by being there; see
/// <see cref="DocumentReaders"/>. Implementations are immutable and thread-safe.
/// </summary>
public interface IDocumentReader
{
    /// <summary>The format, as it is called in messages.</summary>
    string Format { get; }

    /// <summary>Extensions in lower case with their dot, such as <c>.md</c>.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Media types in lower case without parameters, such as <c>text/markdown</c>.</summary>
    IReadOnlyList<string> MediaTypes { get; }

    /// <summary>Whether files of the format can be read at all; where not, <see cref="Read"/> only tells the user what to do instead.</summary>
    /// <value>True.</value>
    bool IsSupported => true;

    /// <summary>Reads a file. Work and memory stay proportional to its size whatever it holds.</summary>
    /// <param name="content">The file.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="DocumentException">The content is not of this format, damaged, or beyond a limit.</exception>
    SourceDocument Read(DocumentContent content, CancellationToken cancellationToken);
}
