using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Http;

/// <summary>One HTTP request as a function. Thread-safe.</summary>
internal sealed partial class HttpFunction : AIFunction
{
    private static readonly JsonElement NoParameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement;

    private readonly HttpOptions _options;
    private readonly HttpExchange _exchange;
    private readonly ILogger _logger;

    internal HttpFunction(ToolDefinition definition, HttpOptions options, HttpClient client, ILogger logger)
    {
        Name = definition.Name;
        Description = definition.Description ?? string.Empty;
        JsonSchema = definition.Parameters ?? NoParameters;
        _options = options;
        _exchange = new HttpExchange(client, options);
        _logger = logger;
    }

    public override string Name { get; }

    public override string Description { get; }

    public override JsonElement JsonSchema { get; }

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var values = new HttpArguments(ArgumentsJson.From(arguments, JsonSerializerOptions), JsonSchema);
        var url = _options.Url.Render(values);
        try
        {
            using var response = await _exchange.SendAsync(url, values, cancellationToken).ConfigureAwait(false);
            LogAnswered(Name, _options.Method.Method, (int)response.StatusCode);
            return await HttpResponseReader.ReadAsync(response, _options, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (ForbiddenAddress(exception) is { } forbidden)
        {
            LogForbidden(Name, _options.Redactor.Redact(forbidden.Host));
            throw new ToolException(_options.Redactor.Redact(forbidden.Message), forbidden);
        }
        catch (HttpRequestException exception)
        {
            throw new TransientToolException(_options.Redactor.Redact($"{_options.Url.Host} could not be reached: {Reason(exception.HttpRequestError)}"), exception);
        }
        catch (InvalidDataException exception)
        {
            throw new ToolException(_options.Redactor.Redact($"{_options.Url.Host} answered with data that cannot be decompressed"), exception);
        }
        catch (IOException exception)
        {
            throw new TransientToolException(_options.Redactor.Redact($"the connection to {_options.Url.Host} broke before the answer was complete"), exception);
        }
    }

    private static ForbiddenAddressException? ForbiddenAddress(Exception exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is ForbiddenAddressException forbidden)
            {
                return forbidden;
            }
        }

        return null;
    }

    private static string Reason(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "its name was not found",
        HttpRequestError.SecureConnectionError => "no secure connection could be made",
        HttpRequestError.ResponseEnded => "it closed the connection without an answer",
        HttpRequestError.InvalidResponse => "its answer is not valid HTTP",
        HttpRequestError.ConfigurationLimitExceeded => "its answer has too many headers",
        _ => "the connection failed",
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "Tool {Tool}: {Method} answered with status {Status}")]
    private partial void LogAnswered(string tool, string method, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool}: connection refused, {Host} leads to an address that is not public")]
    private partial void LogForbidden(string tool, string host);
}
