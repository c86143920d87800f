namespace Agent.Tools.Process;

/// <summary>What one run of a program gave.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where a signal ended it.</param>
/// <param name="Output">What was read of standard output, as it came.</param>
/// <param name="IsTruncated">Whether it wrote more than is taken, so that it was stopped.</param>
/// <param name="Errors">The end of standard error, as it came.</param>
internal sealed record ProgramResult(int ExitCode, ReadOnlyMemory<byte> Output, bool IsTruncated, ReadOnlyMemory<byte> Errors);
