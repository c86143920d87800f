namespace Agent.Core.Retrieval.Injection;

/// <summary>What happens where the passages cannot be searched.</summary>
public enum SearchFailureBehavior
{
    /// <summary>The request fails with a <see cref="RetrievalException"/>: no answer is better than one without its sources.</summary>
    Fail,

    /// <summary>A warning is logged, and the model is asked as if there were no passages.</summary>
    AnswerWithoutPassages,
}
