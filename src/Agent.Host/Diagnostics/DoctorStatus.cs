namespace Agent.Host.Diagnostics;

/// <summary>How a check ended.</summary>
internal enum DoctorStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but not as well as it could.</summary>
    Warn,

    /// <summary>No answer is possible like this.</summary>
    Fail,
}
