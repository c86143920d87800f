using System.Text.Json;
using Agent.Tools.Registry;

namespace Agent.Tools.Process;

/// <summary>
/// <c>kind: process</c>: runs a program of this machine, without a shell. Options: <c>command</c>, <c>args</c>, <c>stdin</c>,
/// <c>cwd</c>, <c>env</c>, <c>output</c>, <c>select</c>, <c>max_output_bytes</c>, <c>max_memory_mb</c>, <c>exit_codes</c>,
/// <c>allow_leading_dash</c>. Refused unless <see cref="ToolKindContext.AllowProcesses"/>. Not idempotent, and taken to change
/// something, unless the file says otherwise.
/// </summary>
public sealed class ProcessKind : IToolKind
{
    /// <inheritdoc/>
    public string Name => "process";

    /// <inheritdoc/>
    public JsonElement OptionsSchema => KindSchema.Load(Name);

    /// <inheritdoc/>
    public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(context);
        if (!context.AllowProcesses)
        {
            context.Problems.Add(
                definition.KindPosition,
                $"tool \"{definition.Name}\" would run a program of this machine, which is switched off",
                "Set Agent:Tools:AllowProcesses to true, or start with --allow-processes, if every program of this file may run");
            return null;
        }

        return ProcessOptionsReader.Read(definition, context) is { } options ? new ProcessSource(definition, options, context) : null;
    }
}
