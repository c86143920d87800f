using System.Runtime.InteropServices;

namespace Agent.Core.Inference;

/// <summary>Where the time of an engine's steps went.</summary>
/// <param name="Total">All of it; what is left beside the other three is planning, admission and bookkeeping.</param>
/// <param name="Decoding">Inside llama.cpp's decode. On a GPU that is preparing and starting the work.</param>
/// <param name="Waiting">Until a GPU was done, less <paramref name="Delivering"/>, which is done meanwhile.</param>
/// <param name="Sampling">Choosing tokens.</param>
/// <param name="Delivering">Handing tokens to readers.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StepTimes(TimeSpan Total, TimeSpan Decoding, TimeSpan Waiting, TimeSpan Sampling, TimeSpan Delivering)
{
    /// <summary>The part of the time that was not spent on computing: everything but <see cref="Decoding"/> and <see cref="Waiting"/>, 0 to 1.</summary>
    public double Overhead => Total > TimeSpan.Zero ? 1 - ((Decoding + Waiting) / Total) : 0;

    /// <summary>The times from an earlier moment to a later one.</summary>
    public static StepTimes operator -(StepTimes later, StepTimes earlier) => new(
        later.Total - earlier.Total,
        later.Decoding - earlier.Decoding,
        later.Waiting - earlier.Waiting,
        later.Sampling - earlier.Sampling,
        later.Delivering - earlier.Delivering);
}
