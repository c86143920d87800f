namespace Agent.Tools.Registry;

/// <summary>The functions of one checked entry of a tools file: one for most kinds, several where a kind reads them elsewhere.</summary>
public interface IToolSource
{
    /// <summary>Makes the functions. Called once, after the whole file was found right.</summary>
    /// <param name="cancellationToken">Stops a slow start.</param>
    /// <returns>At least one function; descriptions are not blank.</returns>
    /// <exception cref="Agent.Core.Agents.ToolException">The source cannot be reached; the message says what to do.</exception>
    ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken);
}
