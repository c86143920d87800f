namespace Agent.Core.Retrieval.Chunks;

/// <summary>A heading with those above it; null stands for no heading.</summary>
/// <param name="Parent">The heading that this one stands under.</param>
/// <param name="Level">Its level.</param>
/// <param name="Text">Its words in one line.</param>
internal sealed record HeadingNode(HeadingNode? Parent, int Level, string Text)
{
    private int Depth { get; } = (Parent?.Depth ?? 0) + 1;

    /// <summary>The innermost heading that stands over both.</summary>
    public static HeadingNode? Common(HeadingNode? left, HeadingNode? right)
    {
        while (!ReferenceEquals(left, right))
        {
            if ((left?.Depth ?? 0) >= (right?.Depth ?? 0))
            {
                left = left!.Parent;
            }
            else
            {
                right = right!.Parent;
            }
        }

        return left;
    }
}
