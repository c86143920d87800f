namespace Agent.Core.Retrieval.Text;

/// <summary>Receives a term.</summary>
/// <param name="term">The term; good during the call only.</param>
public delegate void TermHandler(ReadOnlySpan<char> term);
