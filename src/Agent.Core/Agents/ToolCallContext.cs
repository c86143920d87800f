using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>What a function may know of the call that it carries out, beside its arguments. Immutable.</summary>
/// <param name="CallId">The id that call and result share in the transcript.</param>
/// <param name="IdempotencyKey">
/// The same for every attempt to carry out one call, retries and resumed runs included, and for no other call; for a service that
/// recognises repeated requests (<c>Idempotency-Key</c>). Up to 128 printable ASCII characters.
/// </param>
public sealed record ToolCallContext(string CallId, string IdempotencyKey)
{
    /// <summary>Puts the context where the function finds it.</summary>
    public void AddTo(AIFunctionArguments arguments) => ArgumentsContext.Put(arguments, this);

    /// <summary>The context of a call; false where the function was not called by the loop.</summary>
    public static bool TryGet(AIFunctionArguments arguments, [NotNullWhen(true)] out ToolCallContext? context) => ArgumentsContext.TryGet(arguments, out context);
}
