namespace Agent.Tools.Ledger;

/// <summary>A call that was begun earlier. Immutable.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Begun">When it was begun.</param>
/// <param name="Succeeded">Whether the tool returned a result; null where nobody knows, because the process ended meanwhile or the call is still running.</param>
/// <param name="Content">The result or the error; null where <paramref name="Succeeded"/> is.</param>
public sealed record ToolLedgerEntry(string Tool, DateTimeOffset Begun, bool? Succeeded, string? Content);
