namespace Agent.Core.Retrieval.Injection;

/// <summary>What a word does in a question.</summary>
internal enum QuestionWordKind
{
    /// <summary>It says what the question is about, though it looks like one of the others (吉他, 申请).</summary>
    Content,

    /// <summary>It asks, or holds the sentence together.</summary>
    Function,

    /// <summary>It stands for something that was said before.</summary>
    Reference,
}
