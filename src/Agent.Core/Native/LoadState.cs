using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Agent.Core.Native;

/// <summary>What the progress callback of a model load needs.</summary>
internal sealed class LoadState(Action<float>? progress, CancellationToken cancellationToken)
{
    /// <summary>What the receiver of the progress threw; it must not pass through native frames.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>Passes the progress on.</summary>
    /// <returns>Whether loading should go on.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception must not unwind native frames; it is rethrown after them.")]
    public bool Report(float value)
    {
        try
        {
            progress?.Invoke(value);
        }
        catch (Exception e)
        {
            Failure = ExceptionDispatchInfo.Capture(e);
            return false;
        }

        return !cancellationToken.IsCancellationRequested;
    }
}
