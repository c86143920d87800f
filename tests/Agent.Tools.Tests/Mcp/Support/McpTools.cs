using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Mcp.Support;

/// <summary>One mcp entry named "srv".</summary>
internal static partial class McpTools
{
    public const string Secret = "s3cr3t-token";

    private static readonly ConcurrentDictionary<string, Task<string>> Pins = new();

    public static ToolRegistryBuilder Builder(string options, CapturingLoggerFactory? log = null, string limits = "circuit_breaker: false, retries: 0", bool allowProcesses = true) => new ToolRegistryBuilder
    {
        AllowProcesses = allowProcesses,
        Environment = name => name switch
        {
            "TOKEN" => Secret,
            "HOST_SECRET" => "host-secret",
            _ => Environment.GetEnvironmentVariable(name),
        },
        LoggerFactory = log ?? new CapturingLoggerFactory(),
    }.AddText(
        $$"""
        version: 1
        tools:
          - name: srv
            kind: mcp
            limits: { {{limits}} }
            options:
              {{options.ReplaceLineEndings("\n      ")}}
        """,
        Repository.Locate("tests", "data", "tools.yaml"));

    /// <summary>The options of a program of the test servers.</summary>
    public static string Program(string behaviour = "good", string variant = "standard") =>
        $"command: '{McpServers.Node}'\nargs: [stdio.mjs, {behaviour}, {variant}]\ncwd: '{McpServers.Folder}'\n";

    /// <summary>A registry whose tools are pinned as they are.</summary>
    public static async Task<ToolRegistry> StartAsync(string options, CapturingLoggerFactory? log = null, string limits = "circuit_breaker: false, retries: 0")
    {
        // The tools of a program do not depend on where it is or how it is reached, but on its arguments and on what is chosen.
        var key = SelectionPattern().Replace(options, string.Empty);
        var pin = await Pins.GetOrAdd(key, _ => PinAsync(options));
        return await Builder($"{options}\npin: {pin}", log, limits).BuildAsync();
    }

    /// <summary>The pin that a start without one prints.</summary>
    public static async Task<string> PinAsync(string options)
    {
        var problems = await Builder(options).ProblemsAsync();
        var match = PinPattern().Match(problems[0]);
        return match.Success ? match.Groups["hash"].Value : throw new InvalidOperationException(string.Join('\n', problems));
    }

    public static async Task<JsonElement> SeenAsync(this ToolRegistry registry, string name = "seen") =>
        JsonDocument.Parse(await registry.CallAsync(name)).RootElement;

    /// <summary>Asks again until an answer fits; what is waited for comes without a sign of its own.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> fits)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (true)
        {
            var answer = await ask();
            if (fits(answer))
            {
                return answer;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    public static Task EventuallyAsync(Func<bool> holds) => EventuallyAsync(() => Task.FromResult(holds()), held => held);

    /// <summary>Whether a process is there and has not ended.</summary>
    public static bool IsRunning(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex("pin: (?<hash>[0-9a-f]{64})", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PinPattern();

    [GeneratedRegex("(?m)^(prefix|trust_annotations|start_timeout|env|url|headers|auth):.*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SelectionPattern();
}
