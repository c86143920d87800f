using Agent.Core.Schemas.Patterns;

namespace Agent.Core.Schemas.Keywords;

/// <summary>A schema for the properties whose names match.</summary>
internal sealed record PatternProperty(SchemaPattern Name, SchemaNode Schema);
