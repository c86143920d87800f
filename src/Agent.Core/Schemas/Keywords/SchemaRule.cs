using System.Text.Json;

namespace Agent.Core.Schemas.Keywords;

/// <summary>One keyword, or several that act together, made ready to check values. Immutable and thread-safe.</summary>
internal abstract class SchemaRule
{
    /// <summary>Whether a value that fails it is of another kind altogether, so that further complaints would mislead.</summary>
    public virtual bool IsDecisive => false;

    /// <summary>Reports what is wrong with the value; false if anything is. A value that the keyword is not about is right.</summary>
    public abstract bool Check(JsonElement instance, SchemaEvaluation evaluation);
}
