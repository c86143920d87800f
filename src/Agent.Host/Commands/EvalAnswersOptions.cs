using System.CommandLine;
using Agent.Host.Commands.Evaluations;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>The command line of <c>agent eval answers</c>.</summary>
internal sealed class EvalAnswersOptions
{
    private readonly EvaluationOptions _shared = new();
    private readonly Option<string> _failUnder = new("--fail-under") { Description = "Exit with 1 under this percentage of right answers.", HelpName = "PERCENT" };

    /// <summary>Adds them to the command.</summary>
    public void AddTo(Command command) => _shared.AddTo(command, ofSuite: [], ofModel: [], ofResult: [_failUnder]);

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">A value cannot be used.</exception>
    public EvalAnswersRequest Read(ParseResult parsed, HostEnvironment environment) => new()
    {
        Shared = _shared.Read(parsed, environment),
        FailUnder = parsed.GetValue(_failUnder) is not { } text ? null
            : Percentage.Parse(text) ?? throw new UsageException($"--fail-under is '{text}'; write a percentage, for example 60. 0 asks for nothing."),
    };
}
