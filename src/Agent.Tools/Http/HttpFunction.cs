using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Templates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Http;

/// <summary>One HTTP request as a function. Thread-safe.</summary>
internal sealed partial class HttpFunction : AIFunction
{
    private readonly HttpOptions _options;
    private readonly HttpExchange _exchange;
    private readonly HttpPages _pages;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;

    internal HttpFunction(string name, string description, JsonElement? parameters, HttpOptions options, HttpClient client, TimeProvider timeProvider, ILogger logger)
    {
        Name = name;
        Description = description;
        JsonSchema = parameters ?? ParameterSchema.None;
        _options = options;
        _exchange = new HttpExchange(client, options);
        _pages = new HttpPages(_exchange, options, timeProvider);
        _timeProvider = timeProvider;
        _logger = logger;
    }

    public override string Name { get; }

    public override string Description { get; }

    public override JsonElement JsonSchema { get; }

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var values = new CallArguments(ArgumentsJson.From(arguments, JsonSerializerOptions), JsonSchema)
        {
            IdempotencyKey = ToolCallContext.TryGet(arguments, out var call) ? call.IdempotencyKey : null,
        };
        var url = _options.Url.Render(values);
        try
        {
            if (_options.Pagination is not null)
            {
                return await _pages.ReadAsync(url, values, cancellationToken).ConfigureAwait(false);
            }

            using var response = await _exchange.SendAsync(url, values, cancellationToken).ConfigureAwait(false);
            LogAnswered(Name, _options.Method.Method, (int)response.StatusCode);
            return await HttpResponseReader.ReadAsync(response, _options, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or InvalidDataException or IOException)
        {
            if (HttpFailure.ForbiddenAddress(exception) is { } forbidden)
            {
                LogForbidden(Name, _options.Redactor.Redact(forbidden.Host));
            }

            throw HttpFailure.Describe(exception, _options.Url.Host, _options.Redactor);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Tool {Tool}: {Method} answered with status {Status}")]
    private partial void LogAnswered(string tool, string method, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool}: connection refused, {Host} leads to an address that is not public")]
    private partial void LogForbidden(string tool, string host);
}
