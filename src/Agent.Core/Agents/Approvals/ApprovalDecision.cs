namespace Agent.Core.Agents.Approvals;

/// <summary>What became of a request for approval.</summary>
internal enum ApprovalDecision
{
    /// <summary>Nobody has answered.</summary>
    Pending,

    /// <summary>A person agreed.</summary>
    Approved,

    /// <summary>A person refused.</summary>
    Declined,

    /// <summary>The user wrote something else instead of answering.</summary>
    Withdrawn,
}
