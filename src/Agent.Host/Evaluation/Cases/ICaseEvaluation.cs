namespace Agent.Host.Evaluation.Cases;

/// <summary>How the cases of a kind are asked and judged. Used by several threads at once.</summary>
internal interface ICaseEvaluation<in TCase, TResult>
    where TCase : EvaluationCase
    where TResult : CaseResult
{
    /// <summary>What a case asks. Whatever it throws is the error of that case.</summary>
    Task<CaseQuestion<TResult>> AskAsync(TCase next, CancellationToken cancellationToken);

    /// <summary>The result of a case that got no answer: wrong in everything. The error is added to it.</summary>
    TResult Unanswered(TCase next);
}
