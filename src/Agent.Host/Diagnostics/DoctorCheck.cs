namespace Agent.Host.Diagnostics;

/// <summary>What one check found.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Fix">What to do; null where nothing is to be done, or the detail says it.</param>
/// <param name="ExitCode">What the program ends with where this check fails first.</param>
internal sealed record DoctorCheck(string Name, DoctorStatus Status, string Detail, string? Fix = null, int ExitCode = ExitCodes.Success)
{
    public static DoctorCheck Ok(string name, string detail) => new(name, DoctorStatus.Ok, detail);

    public static DoctorCheck Warn(string name, string detail, string fix) => new(name, DoctorStatus.Warn, detail, fix);

    /// <summary>A failure whose message already says what to do.</summary>
    public static DoctorCheck Fail(string name, Exception exception, int exitCode) => new(name, DoctorStatus.Fail, exception.Message, Fix: null, exitCode);

    public static DoctorCheck Fail(string name, string detail, string fix, int exitCode) => new(name, DoctorStatus.Fail, detail, fix, exitCode);
}
