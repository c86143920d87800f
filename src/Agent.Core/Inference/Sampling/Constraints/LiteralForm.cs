namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>One of some fixed texts: constants, the values of an enumeration, true, false and null.</summary>
internal sealed class LiteralForm : JsonForm
{
    /// <summary>Creates the form.</summary>
    /// <param name="texts">The JSON texts; at least one.</param>
    public LiteralForm(IEnumerable<byte[]> texts)
    {
        var index = 0;
        foreach (var text in texts)
        {
            Texts.Add(text, index++);
        }
    }

    public ByteTrie Texts { get; } = new();

    public override int Height => 0;
}
