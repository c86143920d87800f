namespace Agent.Core.Schemas.Keywords;

internal enum NumberBound
{
    Minimum,
    Maximum,
    ExclusiveMinimum,
    ExclusiveMaximum,
}
