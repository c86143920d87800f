namespace Agent.Core.Native;

/// <summary>What was fetched of a step's logits: the best blocks of most rows, and whole rows where those do not do.</summary>
/// <remarks>
/// Filled by the engine thread, one micro-batch after another; between two steps any thread may read. Host memory for blocks is taken once, for whole
/// rows as they are wanted.
/// </remarks>
internal sealed unsafe class SelectedOutputs : IDisposable
{
    private readonly BlockSelection _selection;
    private readonly LogitBlocks _blocks;
    private readonly HostMemory _blockLogits;
    private readonly HostMemory _blockNumbers;
    private readonly HostMemory _wholeRows;
    private readonly int[] _places;
    private readonly bool[] _isWhole;
    private int _count;
    private int _fetched;
    private int _wholes;

    /// <summary>Takes memory for the outputs of a context.</summary>
    /// <param name="selection">What the context was created with; disposed with this.</param>
    /// <param name="capacity">Most rows of a step.</param>
    /// <exception cref="LlamaException">There is no memory for it.</exception>
    public SelectedOutputs(BlockSelection selection, int capacity)
    {
        _selection = selection;
        _blocks = selection.Blocks;
        _places = new int[capacity];
        _isWhole = new bool[capacity];
        _blockLogits = new HostMemory(selection.Device);
        _blockNumbers = new HostMemory(selection.Device);
        _wholeRows = new HostMemory(selection.Device);
        try
        {
            _blockLogits.Ensure((nuint)capacity * (nuint)_blocks.KeptLogits * sizeof(float));
            _blockNumbers.Ensure((nuint)capacity * (nuint)_blocks.BlockCount * sizeof(int));
        }
        catch
        {
            _blockLogits.Dispose();
            throw;
        }
    }

    private nuint RowSize => (nuint)_blocks.VocabularySize * sizeof(float);

    /// <summary>Begins a step.</summary>
    /// <exception cref="LlamaException">There is no memory for its whole rows.</exception>
    public void Begin(DecodeBatch batch)
    {
        _fetched = _wholes = 0;
        _count = batch.OutputCount;
        batch.WholeOutputs.CopyTo(_isWhole);
        var wholes = (nuint)batch.WholeOutputs.Count(true);
        if (wholes * RowSize > _wholeRows.Size)
        {
            // By halves more, so that it is not taken anew with each request that comes.
            _wholeRows.Ensure((nuint)Math.Min(((int)wholes * 3 / 2) + 1, _places.Length) * RowSize);
        }
    }

    /// <summary>Fetches what is wanted of a micro-batch that is computed.</summary>
    /// <param name="outputs">Which outputs of the step its rows are, in their order.</param>
    public void Fetch(ReadOnlySpan<int> outputs)
    {
        if (outputs.Length == 0)
        {
            return;
        }

        var isWanted = false;
        for (var row = 0; row < outputs.Length;)
        {
            if (!_isWhole[outputs[row]])
            {
                _places[outputs[row]] = _fetched + row;
                isWanted = true;
                row++;
                continue;
            }

            var first = row;
            for (; row < outputs.Length && _isWhole[outputs[row]]; row++)
            {
                _places[outputs[row]] = _wholes + row - first;
            }

            _selection.FetchRows(outputs.Length, first, row - first, (float*)(_wholeRows.Start + ((nuint)_wholes * RowSize)));
            _wholes += row - first;
        }

        if (isWanted)
        {
            _selection.FetchBlocks(
                outputs.Length,
                (float*)_blockLogits.Start + ((nint)_fetched * _blocks.KeptLogits),
                (int*)_blockNumbers.Start + ((nint)_fetched * _blocks.BlockCount));
            _fetched += outputs.Length;
        }
    }

    /// <summary>A whole row.</summary>
    public ReadOnlySpan<float> GetRow(int output) => Check(output, whole: true)
        ? new ReadOnlySpan<float>(_wholeRows.Start + ((nuint)_places[output] * RowSize), _blocks.VocabularySize)
        : default;

    /// <summary>The best blocks of a row.</summary>
    public BestLogits GetBest(int output) => Check(output, whole: false)
        ? new BestLogits(
            new ReadOnlySpan<float>((float*)_blockLogits.Start + ((nint)_places[output] * _blocks.KeptLogits), _blocks.KeptLogits),
            new ReadOnlySpan<int>((int*)_blockNumbers.Start + ((nint)_places[output] * _blocks.BlockCount), LogitBlocks.KeptBlocks),
            _blocks.VocabularySize)
        : default;

    /// <summary>Nothing can be had until the next step.</summary>
    public void Clear() => _count = 0;

    /// <summary>Frees the memory and the samplers. The context must be gone.</summary>
    public void Dispose()
    {
        _blockLogits.Dispose();
        _blockNumbers.Dispose();
        _wholeRows.Dispose();
        _selection.Dispose();
    }

    private bool Check(int output, bool whole) => (uint)output < (uint)_count && _isWhole[output] == whole
        ? true
        : throw new InvalidOperationException($"Logits row {output} was asked for {(whole ? "whole" : "by its best blocks")}; the last step gave {_count} rows, and this one was not fetched so.");
}
