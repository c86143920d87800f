namespace Agent.Tools.Registry;

/// <summary>The source of a kind that has its one function at once.</summary>
/// <param name="tool">The function.</param>
public sealed class ReadyToolSource(CreatedTool tool) : IToolSource
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<CreatedTool>>([tool]);
}
