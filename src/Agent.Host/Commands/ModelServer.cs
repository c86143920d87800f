using Agent.Host.Configuration;
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
        var endpoint = ServerAddress.Read(address, KeyVariable, out var problem, out var fix);
        return new OpenAIChatClientOptions
        {
            Endpoint = endpoint ?? throw new UsageException($"--against {problem}. {fix}"),
            Model = model,
            ApiKey = environment.Variables.GetValueOrDefault(KeyVariable),
        };
    }
}
