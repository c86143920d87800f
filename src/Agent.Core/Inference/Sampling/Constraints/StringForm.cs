namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>A string of so many characters of Unicode.</summary>
/// <param name="least">Least characters.</param>
/// <param name="most">Most characters; null for any number.</param>
internal sealed class StringForm(int least, int? most) : JsonForm
{
    /// <summary>Any string.</summary>
    public static StringForm Any { get; } = new(0, null);

    public int Least { get; } = least;

    public int? Most { get; } = most;

    public override int Height => Most < Least ? Endless : 0;

    /// <summary>The number up to which characters are told apart: beyond it they change nothing.</summary>
    public int Counted => Most is { } most ? most : Least;
}
