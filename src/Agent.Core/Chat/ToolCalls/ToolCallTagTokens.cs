using Agent.Core.Inference;

namespace Agent.Core.Chat.ToolCalls;

/// <summary>The tokens of a vocabulary that stand for the tags of a call.</summary>
/// <param name="Open">The one that opens a call.</param>
/// <param name="Close">The one that closes it.</param>
internal sealed record ToolCallTagTokens(int Open, int Close)
{
    /// <summary>Finds them; null where the vocabulary does not have both, so that tags are written in ordinary tokens.</summary>
    public static ToolCallTagTokens? Of(ITokenizer tokenizer) =>
        Find(tokenizer, ToolCallTags.Open) is { } open && Find(tokenizer, ToolCallTags.Close) is { } close ? new ToolCallTagTokens(open, close) : null;

    /// <summary>The tag that a token stands for; null where it is none.</summary>
    public string? TagOf(int token) => token == Open ? ToolCallTags.Open : token == Close ? ToolCallTags.Close : null;

    private static int? Find(ITokenizer tokenizer, string tag) => tokenizer.AddedTokens.FirstOrDefault(t => t.Text == tag)?.Id;
}
