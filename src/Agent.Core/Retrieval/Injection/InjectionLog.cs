using Microsoft.Extensions.Logging;

namespace Agent.Core.Retrieval.Injection;

/// <summary>Log messages of passages in prompts: counts only, since questions and passages are other people's.</summary>
internal static partial class InjectionLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Found} passages found, {Given} given to the model.")]
    public static partial void Retrieved(ILogger logger, int found, int given);

    [LoggerMessage(2, LogLevel.Warning, "The passages could not be searched; the model is asked without them.")]
    public static partial void AnsweredWithout(ILogger logger, Exception exception);
}
