namespace Agent.Host.Evaluation.Suites;

/// <summary>Something wrong in a suite, with its place and what to do about it.</summary>
/// <param name="Place">The file, and in it the line or the path.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Fix">What to change.</param>
internal sealed record SuiteProblem(string Place, string Message, string Fix)
{
    /// <summary>The one-line form: <c>suite.jsonl:3: expect: unknown key "call". Did you mean "calls"?</c></summary>
    public override string ToString() => $"{Place}: {Message}. {Fix}{(Fix.EndsWith('?') || Fix.EndsWith('.') ? string.Empty : ".")}";
}
