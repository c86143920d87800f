using Agent.Host.Remote;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>The server that <c>--against</c> names.</summary>
internal static class ModelServer
{
    /// <summary>The variable that holds the key of the server's API; on the command line others could read it.</summary>
    public const string KeyVariable = "AGENT_EVAL_KEY";

    /// <summary>A server by its address.</summary>
    /// <exception cref="UsageException">It is no address of a server.</exception>
    public static OpenAIChatClientOptions At(string address, string model, HostEnvironment environment)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.UserInfo.Length > 0)
        {
            throw new UsageException($"--against '{address}' is no address of a server. Write one such as http://127.0.0.1:8080/v1; the key belongs in {KeyVariable}.");
        }

        return new OpenAIChatClientOptions
        {
            // Nobody serves the protocol at the root.
            Endpoint = uri.AbsolutePath == "/" ? new Uri(uri, "/v1") : uri,
            Model = model,
            ApiKey = environment.Variables.GetValueOrDefault(KeyVariable),
        };
    }
}
