namespace Agent.Core.Retrieval.Documents;

/// <summary>A file cannot be read as a document. The message names the file, what is wrong and the fix.</summary>
public sealed class DocumentException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="name">The file, as the caller named it.</param>
    /// <param name="problem">What is wrong, without a full stop.</param>
    /// <param name="fix">What the user should do, as a sentence.</param>
    /// <param name="innerException">The cause, if another exception revealed it.</param>
    public DocumentException(string name, string problem, string fix, Exception? innerException = null)
        : base($"{name}: {problem}. {fix}", innerException)
    {
        Name = name;
        Problem = problem;
        Fix = fix;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Name { get; }

    /// <summary>What is wrong, without the name.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Fix { get; }

    /// <summary>The file is beyond a limit of size.</summary>
    /// <param name="name">The file, as the caller named it.</param>
    /// <param name="problem">What there is too much of, without a full stop.</param>
    internal static DocumentException OverLimit(string name, string problem) => new(name, problem, "Split the file, or raise the limit.");

    /// <summary>The text of a file is longer than its limits allow.</summary>
    internal static DocumentException TooLong(DocumentContent content) =>
        OverLimit(content.Name, $"The document has more than {content.Limits.MaxTextLength:N0} characters of text");
}
