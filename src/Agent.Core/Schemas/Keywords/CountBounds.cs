namespace Agent.Core.Schemas.Keywords;

/// <summary>Bounds on a count of characters, items or properties, and the sentence about them.</summary>
internal static class CountBounds
{
    public static bool Check(int count, int least, int? most, string one, string many, SchemaEvaluation evaluation)
    {
        if (count >= least && count <= (most ?? int.MaxValue))
        {
            return true;
        }

        var bound = count < least
            ? $"at least {least} {(least == 1 ? one : many)}"
            : $"at most {most} {(most == 1 ? one : many)}";
        evaluation.Report($"{evaluation.Subject()} must have {bound} but has {count}");
        return false;
    }
}
