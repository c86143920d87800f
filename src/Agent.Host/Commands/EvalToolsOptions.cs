using System.CommandLine;
using Agent.Host.Commands.Evaluations;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>The command line of <c>agent eval tools</c>.</summary>
internal sealed class EvalToolsOptions
{
    private readonly EvaluationOptions _shared = new();
    private readonly Option<string> _toolSets = new("--toolsets") { Description = "The tool sets. Default: toolsets.json beside the suite.", HelpName = "FILE" };
    private readonly Option<double?> _threshold = new("--call-threshold") { Description = "Least probability at which a turn opens with a call (Agent:Model:CallThreshold).", HelpName = "X" };
    private readonly Option<string> _failUnder = new("--fail-under") { Description = "Exit with 1 under these percentages, for example 60,20.", HelpName = "DECISION,EXACT" };

    /// <summary>Adds them to the command.</summary>
    public void AddTo(Command command) => _shared.AddTo(command, ofSuite: [_toolSets], ofModel: [_threshold], ofResult: [_failUnder]);

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">A value cannot be used.</exception>
    public EvalToolsRequest Read(ParseResult parsed, HostEnvironment environment)
    {
        var server = _shared.Server(parsed, environment);
        var threshold = parsed.GetValue(_threshold);
        if (threshold is not (null or (> 0 and <= 1)))
        {
            throw new UsageException("--call-threshold must be above 0 and up to 1.");
        }

        if (threshold is not null && server is not null)
        {
            throw new UsageException("--call-threshold works on the embedded model only: a server does not let others choose its tokens. Remove it or --against.");
        }

        var shared = _shared.Read(parsed, environment);
        return new EvalToolsRequest
        {
            Shared = shared,
            ToolSets = parsed.GetValue(_toolSets) is { } sets ? Path.GetFullPath(sets, environment.CurrentDirectory) : Path.Combine(Path.GetDirectoryName(shared.Suite)!, "toolsets.json"),
            CallThreshold = threshold,
            FailUnder = FailUnder(parsed.GetValue(_failUnder)),
        };
    }

    private static (decimal Decision, decimal Exact)? FailUnder(string? value)
    {
        if (value is null)
        {
            return null;
        }

        var parts = value.Split(',');
        if (parts.Length == 2 && Percentage.Parse(parts[0]) is { } decision && Percentage.Parse(parts[1]) is { } exact)
        {
            return (decision, exact);
        }

        throw new UsageException($"--fail-under is '{value}'; write two percentages, DECISION,EXACT, for example 60,20. 0 asks for nothing.");
    }
}
