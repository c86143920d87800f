using System.Text;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>What stands in a tool call up to its closing tag: a name on offer and the arguments of that tool.</summary>
internal sealed class CallForm
{
    /// <summary>Creates the form.</summary>
    /// <param name="heads">For each tool, everything before its arguments; no head is the beginning of another.</param>
    /// <param name="arguments">The shapes of the arguments, in the same order.</param>
    public CallForm(IEnumerable<string> heads, IReadOnlyList<JsonShape> arguments)
    {
        var index = 0;
        foreach (var head in heads)
        {
            Heads.Add(Encoding.UTF8.GetBytes(head), index++);
        }

        Arguments = arguments;
    }

    public ByteTrie Heads { get; } = new();

    public IReadOnlyList<JsonShape> Arguments { get; }
}
