using System.Text.Json;

namespace Agent.Core.Chat.Constraints;

/// <summary>A subschema and where it stands in its document.</summary>
/// <param name="Pointer">Its JSON pointer.</param>
/// <param name="Schema">An object, true or false.</param>
internal readonly record struct SchemaPlace(string Pointer, JsonElement Schema);
