using System.Text.Json;

namespace Agent.Tools.Registry;

/// <summary>Checks the arguments of one tool.</summary>
internal interface IArgumentsValidator
{
    /// <summary>Passes, or tells the model everything that is wrong.</summary>
    /// <exception cref="Agent.Core.Agents.ToolException">The arguments break the schema.</exception>
    void Validate(JsonElement arguments);
}
