using System.Text.Json;

namespace Agent.Tools.Registry;

/// <summary>
/// A kind of tool that a tools file may declare (<c>kind: http</c>). Implementations are stateless and thread-safe.
/// </summary>
public interface IToolKind
{
    /// <summary>The word after <c>kind:</c>.</summary>
    string Name { get; }

    /// <summary>
    /// JSON Schema 2020-12 of <c>options</c>, for editors and for <c>agent tools schema</c>: every key that
    /// <see cref="Read"/> takes, with its description and default. References stay inside it (<c>#/$defs/NAME</c>).
    /// </summary>
    /// <value>Any mapping: a kind without a schema gets no help from editors.</value>
    JsonElement OptionsSchema => KindSchema.Any;

    /// <summary>
    /// Checks an entry and prepares its functions, without any network, file or process: nothing of a file starts before
    /// all of it is right.
    /// </summary>
    /// <param name="definition">The entry.</param>
    /// <param name="context">Where problems go, and what the kind may use.</param>
    /// <returns>The source of the functions, or null after at least one problem was added to <see cref="ToolKindContext.Problems"/>.</returns>
    IToolSource? Read(ToolDefinition definition, ToolKindContext context);
}
