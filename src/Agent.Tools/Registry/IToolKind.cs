namespace Agent.Tools.Registry;

/// <summary>
/// A kind of tool that a tools file may declare (<c>kind: http</c>). Implementations are stateless and thread-safe.
/// </summary>
public interface IToolKind
{
    /// <summary>The word after <c>kind:</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Checks an entry and prepares its functions, without any network, file or process: nothing of a file starts before
    /// all of it is right.
    /// </summary>
    /// <param name="definition">The entry.</param>
    /// <param name="context">Where problems go, and what the kind may use.</param>
    /// <returns>The source of the functions, or null after at least one problem was added to <see cref="ToolKindContext.Problems"/>.</returns>
    IToolSource? Read(ToolDefinition definition, ToolKindContext context);
}
