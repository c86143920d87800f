namespace Agent.Core.Agents;

/// <summary>Every text that the loop itself writes for the model, in one place.</summary>
internal static class ToolResultTexts
{
    /// <summary>What an error result may take: the longest message, every character of it escaped.</summary>
    public const int MaxErrorJsonBytes = (6 * MaxErrorBytes) + 64;

    private const int MaxErrorBytes = 2048;
    private const int MaxNamesListed = 32;
    private const int MaxViolationsListed = 8;

    public const string NoContent = "Done. The tool returned no content.";

    public const string StoppedByItself = "The tool stopped before it had a result, e.g. because it took too long. Try once more or answer without it.";

    public const string ContentFiltered = "Not carried out: a content filter stopped this turn.";

    public const string RoundLimit = "Not carried out: no tool calls are left in this run.";

    public const string TimeLimit = "Not carried out to the end: the time limit of this run was reached.";

    public const string RepetitionStopped = "Not carried out: the run was stopped because one call was repeated too often.";

    public static string Error(string message) =>
        "{\"error\": " + CompactJson.Quote(ToolResultCap.Apply(message, MaxErrorBytes)) + "}";

    public static string MalformedCall(string reason) =>
        $"This tool call could not be read: {reason.TrimEnd('.', ' ')}. Write the call again with a tool name and arguments as one valid JSON object.";

    public static string UnknownTool(string name, string? suggestion, IReadOnlyList<string> available)
    {
        var shown = ToolName.ForDisplay(name);
        if (available.Count == 0)
        {
            return $"There is no tool '{shown}', and no tool may be called now. Answer without tools.";
        }

        var meant = suggestion is null ? "" : $" Did you mean '{suggestion}'?";
        var more = available.Count > MaxNamesListed ? $" and {available.Count - MaxNamesListed} more" : "";
        return $"There is no tool '{shown}'.{meant} Available tools: {string.Join(", ", available.Take(MaxNamesListed))}{more}.";
    }

    public static string InvalidArguments(string tool, IReadOnlyList<string> violations)
    {
        var more = violations.Count > MaxViolationsListed ? $"; and {violations.Count - MaxViolationsListed} more" : "";
        return $"The arguments of '{tool}' are invalid: {string.Join("; ", violations.Take(MaxViolationsListed))}{more}. Correct them and call the tool again.";
    }

    public static string ToolFailed(string tool) =>
        $"The tool '{tool}' failed. Try another way or answer without it.";

    public static string RepeatedCall(int times) =>
        $"This call was already made {times} times with the same arguments. Its result is above: use it, and do not make this call again.";

    public static string TooManyCalls(int maximum) =>
        $"Not carried out: one turn may hold at most {maximum} tool calls. Make this call again in your next turn if it is still needed.";

    public const string RepeatedWrite =
        "This call changes something and was already made in this run with the same arguments. It is not carried out twice: use the result above.";

    public const string Withdrawn = "Not carried out: the user did not approve this call and wrote something else.";

    public static string ToolCallLimit(string tool, int maximum) =>
        $"Not carried out: '{tool}' may be called at most {maximum} times in one run. Answer with the results that you have.";

    public static string Declined(string? reason) => reason is null
        ? "Not carried out: the user declined this call. Do not make it again unless the user asks for it."
        : $"Not carried out: the user declined this call and said: {reason}";

    public static string Truncated(int kept, long total) => $"… [truncated: {kept} of {total} bytes]";

    public static string BinaryContent(string mediaType, int bytes) => $"[{mediaType}, {bytes} bytes, not shown]";

    public static string OtherContent(string type) => $"[{type}, not shown]";
}
