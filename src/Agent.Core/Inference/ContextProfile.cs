namespace Agent.Core.Inference;

/// <summary>How much text one conversation may hold, after what it is for.</summary>
public enum ContextProfile
{
    /// <summary>8,192 tokens: questions, tools and short passages.</summary>
    Chat,

    /// <summary>32,768 tokens: contracts, reports, long sessions.</summary>
    Documents,

    /// <summary>65,536 tokens: logs and legal files.</summary>
    Logs,

    /// <summary>131,072 tokens: whole books.</summary>
    Books,
}
