using System.ComponentModel;
using System.Diagnostics;
using Agent.Tools.Programs;
using Agent.Tools.Safety;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Mcp.Stdio;

/// <summary>A server that is a program of this machine and speaks over its standard input and output.</summary>
internal sealed class ProgramEndpoint(string server, McpProgramOptions options, SecretRedactor redactor, TimeProvider timeProvider, ILogger logger) : IMcpEndpoint
{
    private const string MarkVariable = "AGENT_MCP_SERVER";

    public IMcpChannel Open()
    {
        if (!Directory.Exists(options.Folder))
        {
            throw new McpStartException("the folder that it should run in does not exist", "create it, or correct \"cwd\"");
        }

        try
        {
            var mark = new ProgramMark(MarkVariable);
            var process = System.Diagnostics.Process.Start(Describe(mark))!;
            return new ProgramChannel(process, mark, new ServerLog(server, redactor, timeProvider, logger));
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new McpStartException("its program could not be run", "check that this user may execute it", exception);
        }
    }

    public void Dispose()
    {
        // Every channel is disposed by its session.
    }

    private ProcessStartInfo Describe(ProgramMark mark)
    {
        var start = ProgramStart.Describe(ProgramPath.Find(options), options.Arguments, options.Folder, options.Environment);
        mark.Put(start.Environment);
        return start;
    }
}
