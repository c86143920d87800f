namespace Agent.Host.Terminal;

/// <summary>The command line asks for something that cannot be done. The message names what, and the fix.</summary>
internal sealed class UsageException(string message) : Exception(message);
