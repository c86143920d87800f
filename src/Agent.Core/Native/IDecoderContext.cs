namespace Agent.Core.Native;

/// <summary>
/// One inference context: a KV cache of several sequences, and the step that extends them. The scheduler knows no more of
/// llama.cpp than this, and is tested on a fake that checks the same rules.
/// </summary>
/// <remarks>
/// Single-threaded: one thread uses it from creation to disposal. Every rule whose breach would end the process is checked
/// before native code runs, and thrown as <see cref="InvalidOperationException"/>.
/// </remarks>
internal interface IDecoderContext : IDisposable
{
    /// <summary>Floats in a logits row.</summary>
    int VocabularySize { get; }

    /// <summary>Sequence ids are 0 to this value less one.</summary>
    int MaxSequences { get; }

    /// <summary>Most tokens that one sequence can hold.</summary>
    int ContextPerSequence { get; }

    /// <summary>Most tokens in one step.</summary>
    int BatchCapacity { get; }

    /// <summary>Most tokens of a step that may ask for logits; <see cref="MaxSequences"/> or more.</summary>
    int OutputCapacity { get; }

    /// <summary>Tokens that a sequence holds.</summary>
    int GetLength(int sequence);

    /// <summary>Whether <see cref="Decode"/> returns while a device still computes; otherwise the step is over by then.</summary>
    bool IsAsynchronous { get; }

    /// <summary>
    /// Begins one step. The tokens of a sequence must follow on its length without gaps, and at most
    /// <see cref="OutputCapacity"/> of them may ask for logits.
    /// </summary>
    DecodeStatus Decode(DecodeBatch batch);

    /// <summary>Waits until the step is over. Called after each step that began well, before anything else.</summary>
    void Synchronize();

    /// <summary>
    /// A logits row of the last step, good until the next one. This and <see cref="GetBest"/> may be called by several threads at once, between
    /// <see cref="Synchronize"/> and the next member that the owner calls.
    /// </summary>
    /// <param name="output">Index that <see cref="DecodeBatch.Add"/> gave, for a row that was wanted whole.</param>
    ReadOnlySpan<float> GetLogits(int output);

    /// <summary>How many of the best tokens of a row <see cref="GetBest"/> is certain to hold; 0 where rows are always whole.</summary>
    int BestCount { get; }

    /// <summary>The best logits of a row that was not wanted whole; as <see cref="GetLogits"/> otherwise.</summary>
    /// <param name="output">Index that <see cref="DecodeBatch.Add"/> gave.</param>
    BestLogits GetBest(int output);

    /// <summary>Cuts a sequence to its first <paramref name="length"/> tokens.</summary>
    void Truncate(int sequence, int length);

    /// <summary>Makes <paramref name="destination"/> a copy of <paramref name="source"/>.</summary>
    void CopySequence(int source, int destination);

    /// <summary>
    /// Whether <see cref="CopySequence"/> copied from or to the sequence, and the cells follow only with the next step. Until then its state can
    /// neither be saved nor restored.
    /// </summary>
    bool IsCopyPending(int sequence);

    /// <summary>Bytes that <see cref="TrySave"/> needs for the sequence now; 0 if states of this model cannot be moved.</summary>
    long GetStateSize(int sequence);

    /// <summary>Copies the state of a sequence to host memory. The sequence stays as it is.</summary>
    /// <param name="sequence">A sequence that holds tokens, and is in no pending copy.</param>
    /// <param name="state">Memory of exactly <see cref="GetStateSize"/> bytes.</param>
    /// <returns>Whether the memory holds the state now.</returns>
    bool TrySave(int sequence, SequenceState state);

    /// <summary>Puts a saved state of this context in place of what a sequence holds; it need not be the one it was saved from.</summary>
    /// <param name="sequence">A sequence that is in no pending copy.</param>
    /// <param name="state">What <see cref="TrySave"/> wrote.</param>
    /// <param name="length">Tokens that the state holds.</param>
    /// <returns>Whether the sequence holds it now; if not, it holds nothing.</returns>
    bool TryRestore(int sequence, SequenceState state, int length);
}
