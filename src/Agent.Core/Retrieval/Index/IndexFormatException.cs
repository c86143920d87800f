namespace Agent.Core.Retrieval.Index;

/// <summary>Bytes are not an index segment, or not the deletions of one, that can be used. The message says what is wrong and the fix.</summary>
public sealed class IndexFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What is wrong, without a full stop.</param>
    public IndexFormatException(string problem)
        : base($"The index is damaged: {problem}. Build it again from the documents.") => Problem = problem;

    /// <summary>What is wrong, without the fix.</summary>
    public string Problem { get; }
}
