namespace Agent.Tools.Approval.Conditions;

/// <summary>Logic in which null stands for what cannot be decided.</summary>
internal static class ThreeValued
{
    /// <summary>True where one value is, else undecided where one value is, else false.</summary>
    public static bool? Any(IEnumerable<bool?> values)
    {
        bool? result = false;
        foreach (var value in values)
        {
            if (value is true)
            {
                return true;
            }

            result = value is null ? null : result;
        }

        return result;
    }
}
