namespace Agent.Core.Native;

/// <summary>
/// A context that turns each token sequence of a step into one row of numbers: an embedding, or a score. It remembers nothing between steps.
/// </summary>
/// <remarks>
/// Single-threaded: one thread uses it from creation to disposal. Every rule whose breach would end the process is checked
/// before native code runs, and thrown as <see cref="InvalidOperationException"/>.
/// </remarks>
internal interface IPoolingContext : IDisposable
{
    /// <summary>Numbers in a row.</summary>
    int OutputLength { get; }

    /// <summary>Sequence ids are 0 to this value less one.</summary>
    int MaxSequences { get; }

    /// <summary>Most tokens in one step; a sequence is computed whole in one step.</summary>
    int BatchCapacity { get; }

    /// <summary>Sets how many CPU threads compute the next step.</summary>
    void SetThreads(int threads);

    /// <summary>Computes one step: whole sequences, one after another, ids from 0 upwards, every token with an output.</summary>
    DecodeStatus Compute(DecodeBatch batch);

    /// <summary>The row of a sequence of the last step, good until the next one; empty if there is none.</summary>
    ReadOnlySpan<float> GetRow(int sequence);
}
