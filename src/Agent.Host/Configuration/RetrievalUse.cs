namespace Agent.Host.Configuration;

/// <summary>Whether and how answers use a collection.</summary>
internal enum RetrievalUse
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>Passages are found for each question and put before the model with it.</summary>
    Context,

    /// <summary>The model is offered the tool <c>search_passages</c>.</summary>
    Tool,
}
