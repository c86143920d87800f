namespace Agent.Host.Tests.Mcp;

/// <summary>A test that runs a JavaScript program; skipped where there is no Node.js.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactIfNodeAttribute : FactAttribute
{
    public FactIfNodeAttribute()
    {
        if (Programs.Find("node") is null || Programs.Find("npm") is null)
        {
            Skip = "node and npm are not on the PATH; install Node.js 20 or later.";
        }
    }
}
