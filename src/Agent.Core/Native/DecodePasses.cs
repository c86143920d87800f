namespace Agent.Core.Native;

/// <summary>
/// Cuts a step into the micro-batches that llama.cpp would make of it, one after another: sequences whose ids follow on each other, each with the
/// same number of tokens.
/// </summary>
/// <remarks>Not thread-safe. Nothing is allocated for a step.</remarks>
internal sealed class DecodePasses
{
    private const int None = -1;

    private readonly int _microBatch;
    private readonly int[] _head;
    private readonly int[] _left;
    private readonly int[] _following;
    private readonly int[] _outputs;
    private readonly int[] _outputRows;
    private DecodeBatch? _batch;
    private int _rows;

    /// <summary>Creates buffers for steps of a context.</summary>
    public DecodePasses(int sequences, int batchCapacity, int microBatch)
    {
        _microBatch = microBatch;
        _head = new int[sequences];
        _left = new int[sequences];
        _following = new int[batchCapacity];
        _outputs = new int[batchCapacity];
        _outputRows = new int[batchCapacity];
        Pass = new DecodeBatch(batchCapacity);
    }

    /// <summary>The micro-batch that <see cref="MoveNext"/> made.</summary>
    public DecodeBatch Pass { get; }

    /// <summary>Which outputs of the step its outputs are, in their order.</summary>
    public ReadOnlySpan<int> Outputs => _outputs.AsSpan(0, Pass.OutputCount);

    /// <summary>Whether no tokens are left for another one.</summary>
    public bool IsLast => _rows == 0;

    /// <summary>Begins a step. The tokens of a sequence stand in the order of their positions.</summary>
    public void Begin(DecodeBatch batch)
    {
        _batch = batch;
        _rows = batch.Count;
        Array.Fill(_head, None);
        Array.Clear(_left);
        var output = batch.OutputCount;
        for (var row = batch.Count - 1; row >= 0; row--)
        {
            var sequence = batch.Sequences[row];
            _following[row] = _head[sequence];
            _head[sequence] = row;
            _left[sequence]++;
            _outputRows[row] = batch.Outputs[row] != 0 ? --output : None;
        }
    }

    /// <summary>Makes the next micro-batch.</summary>
    /// <returns>False where there is none.</returns>
    public bool MoveNext()
    {
        Pass.Clear();
        if (_rows == 0)
        {
            return false;
        }

        var first = FindFirst();
        var end = first;
        var tokens = int.MaxValue;
        while (end < _head.Length && _left[end] > 0 && end - first < _microBatch)
        {
            tokens = Math.Min(tokens, _left[end++]);
        }

        tokens = Math.Min(tokens, _microBatch / (end - first));
        for (var sequence = first; sequence < end; sequence++)
        {
            Take(sequence, tokens);
        }

        return true;
    }

    /// <summary>The sequence of the foremost token that is left.</summary>
    private int FindFirst()
    {
        var first = None;
        for (var sequence = 0; sequence < _head.Length; sequence++)
        {
            if (_left[sequence] > 0 && (first == None || _head[sequence] < _head[first]))
            {
                first = sequence;
            }
        }

        return first;
    }

    private void Take(int sequence, int tokens)
    {
        for (var i = 0; i < tokens; i++)
        {
            var row = _head[sequence];
            var output = Pass.Add(_batch!.Tokens[row], _batch.Positions[row], sequence, _outputRows[row] != None);
            if (output >= 0)
            {
                _outputs[output] = _outputRows[row];
            }

            _head[sequence] = _following[row];
        }

        _left[sequence] -= tokens;
        _rows -= tokens;
    }
}
