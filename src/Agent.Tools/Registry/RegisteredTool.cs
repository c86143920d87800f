using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Resilience;
using Agent.Tools.Safety;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Registry;

/// <summary>
/// A function of the registry as it is given to a chat client: arguments are checked against the schema before the function
/// sees them, the call runs within <see cref="Limits"/>, and the result is cut to size. Thread-safe as far as the wrapped
/// function is.
/// </summary>
/// <remarks>
/// <see cref="AIFunction.InvokeAsync"/> throws <see cref="ToolException"/>, with words for the model, for invalid arguments,
/// time-outs, an open circuit and every failure that the function itself reports so; other exceptions of the function pass
/// unchanged. A result is a <see cref="JsonElement"/>, a text, or what the function returned where it is neither.
/// </remarks>
public sealed partial class RegisteredTool : DelegatingAIFunction
{
    private readonly IArgumentsValidator _validator;
    private readonly ToolPipeline _pipeline;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;

    internal RegisteredTool(
        AIFunction function,
        ToolDefinition? definition,
        ToolLimits limits,
        bool isIdempotent,
        IArgumentsValidator validator,
        TimeProvider timeProvider,
        ILogger logger)
        : base(function)
    {
        Definition = definition;
        Limits = limits;
        IsIdempotent = isIdempotent;
        _validator = validator;
        _timeProvider = timeProvider;
        _logger = logger;
        _pipeline = new ToolPipeline(function.Name, limits, isIdempotent, timeProvider);
    }

    /// <summary>The entry of the file that it comes from; null for a function that C# code added.</summary>
    public ToolDefinition? Definition { get; }

    /// <summary>The limits that each call runs within.</summary>
    public ToolLimits Limits { get; }

    /// <summary>Whether running a call twice does no harm; only then are calls retried.</summary>
    public bool IsIdempotent { get; }

    /// <summary>Whether a call changes something, as far as is known.</summary>
    /// <value><see cref="ToolEffects.Write"/>.</value>
    public ToolEffects Effects { get; init; } = ToolEffects.Write;

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var started = _timeProvider.GetTimestamp();
        try
        {
            _validator.Validate(ArgumentsJson.From(arguments, JsonSerializerOptions));
            var result = await _pipeline.ExecuteAsync(token => base.InvokeCoreAsync(arguments, token), cancellationToken).ConfigureAwait(false);
            var elapsed = _timeProvider.GetElapsedTime(started);
            LogSucceeded(Name, elapsed);
            return ResultSize.Cap(result, Limits.MaxResultBytes);
        }
        catch (ToolException exception)
        {
            var elapsed = _timeProvider.GetElapsedTime(started);
            var reason = SingleLine.Of(exception.Message);
            LogFailed(Name, elapsed, reason);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Tool {Tool} answered in {Elapsed}")]
    private partial void LogSucceeded(string tool, TimeSpan elapsed);

    [LoggerMessage(Level = LogLevel.Information, Message = "Tool {Tool} failed after {Elapsed}: {Reason}")]
    private partial void LogFailed(string tool, TimeSpan elapsed, string reason);
}
