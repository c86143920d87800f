namespace Agent.Host.Configuration;

/// <summary>The configuration cannot be used. The message has one line for each problem.</summary>
internal sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    /// <summary>Every problem: key, value, source, and what is allowed. Never empty.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
