namespace Agent.Tools.Process;

/// <summary>What one run of a program gave.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where a signal ended it.</param>
/// <param name="Output">What was read of standard output, as it came.</param>
/// <param name="IsTruncated">Whether it wrote more than is taken.</param>
/// <param name="WasStopped">Whether it was killed for that, so that its exit code says nothing.</param>
/// <param name="Errors">The end of standard error, as it came.</param>
internal sealed record ProgramResult(int ExitCode, ReadOnlyMemory<byte> Output, bool IsTruncated, bool WasStopped, ReadOnlyMemory<byte> Errors);
