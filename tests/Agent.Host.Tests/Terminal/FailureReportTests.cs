using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Prompts;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Terminal;

namespace Agent.Host.Tests.Terminal;

public sealed class FailureReportTests
{
    public static TheoryData<Exception, string, int> Expected => new()
    {
        { new UsageException("m"), "usage", 2 },
        { new SettingsException(["m"]), "configuration", 2 },
        { new PromptFileException("m"), "prompt", 2 },
        { new AgentStartException(AgentLoadStage.Library, "m"), "native_library", 3 },
        { new AgentStartException(AgentLoadStage.Model, "m"), "model", 3 },
        { new AgentStartException(AgentLoadStage.Engine, "m"), "model", 3 },
        { new EngineException("m"), "engine", 1 },
        { new ToolException("m"), "tool", 1 },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void An_expected_error_is_its_message(Exception exception, string code, int exitCode)
    {
        var report = FailureReport.From(exception, cancelled: false, verbose: false);

        Assert.Equal((code, exitCode, "m", null), (report.Code, report.ExitCode, report.Message, report.Details));
        Assert.NotNull(FailureReport.From(exception, cancelled: false, verbose: true).Details);
    }

    [Fact]
    public void Limits_of_the_engine_end_with_1()
    {
        Assert.Equal(("context_overflow", 1), CodeOf(new ContextOverflowException(3000, 2048)));
        Assert.Equal(("queue_full", 1), CodeOf(new QueueFullException(4)));
    }

    [Fact]
    public void Anything_else_says_that_it_is_a_bug_and_where()
    {
        var report = FailureReport.From(Thrown(), cancelled: false, verbose: false);

        Assert.Equal(("internal", 1), (report.Code, report.ExitCode));
        Assert.Equal("This is a bug in the program: boom. Please report it with the lines below.", report.Message);
        Assert.Contains(nameof(Thrown), report.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancellation_is_the_users_only_where_the_user_asked_for_it()
    {
        Assert.Equal(("cancelled", 130), CodeOf(new OperationCanceledException(), cancelled: true));
        Assert.Equal(("internal", 1), CodeOf(new OperationCanceledException()));
    }

    private static (string, int) CodeOf(Exception exception, bool cancelled = false)
    {
        var report = FailureReport.From(exception, cancelled, verbose: false);
        return (report.Code, report.ExitCode);
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("boom.");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
