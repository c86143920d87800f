using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>One document being cut. For one thread.</summary>
internal sealed class ChunkRun
{
    private readonly SourceDocument _document;
    private readonly ChunkMeasure _measure;
    private readonly UnitCutter _cutter;
    private readonly CancellationToken _cancellationToken;
    private readonly List<ChunkUnit> _open = [];
    private readonly Stack<ChunkUnit> _pending = new();
    private readonly List<Chunk> _chunks = [];
    private HeadingNode? _openHeading;
    private int _openTokens;
    private bool _hasBody;
    private int _next;

    public ChunkRun(SourceDocument document, int maxTokens, TokenCounter counter, CancellationToken cancellationToken)
    {
        _document = document;
        _measure = new ChunkMeasure(document, maxTokens, counter);
        _cutter = new UnitCutter(document, _measure);
        _cancellationToken = cancellationToken;
    }

    public List<Chunk> Run()
    {
        while (true)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (!_pending.TryPop(out var unit))
            {
                if (_next == _document.Blocks.Count)
                {
                    if (_open.Count == 0)
                    {
                        return _chunks;
                    }

                    Emit(_open.Count);
                    continue;
                }

                if (_open.Count > 0 && BeginsChunk(_next))
                {
                    Emit(_open.Count);
                    continue;
                }

                var block = _document.Blocks[_next];
                unit = new ChunkUnit(_next++, block.Offset, block.End, IsAlone: false, DropsHeader: false);
            }

            Place(unit);
        }
    }

    /// <summary>Whether a block must not join what is open: another section, or a smaller one where the chunk is half full already.</summary>
    private bool BeginsChunk(int index)
    {
        var block = _document.Blocks[index];
        if (block.Kind != DocumentBlockKind.Heading)
        {
            return false;
        }

        if (block.Level > 2)
        {
            return _hasBody && _openTokens > _measure.MaxTokens / 2;
        }

        // A title and the first heading below it, with nothing between them, begin the same chunk.
        return _hasBody || !_open.TrueForAll(unit => _document.Blocks[unit.Block].Level < block.Level);
    }

    private void Place(ChunkUnit unit)
    {
        if (unit.IsAlone ? !_hasBody && TryAdd(unit) : TryAdd(unit))
        {
            if (unit.IsAlone)
            {
                Emit(_open.Count);
            }

            return;
        }

        if (_hasBody)
        {
            _pending.Push(unit);
            EmitBeforeTrailingHeadings();
            return;
        }

        var kind = _document.Blocks[unit.Block].Kind;
        var isRow = kind == DocumentBlockKind.TableRow;
        if (isRow && !unit.DropsHeader && _open.Count == 0 && _measure.HeaderOver(unit).Length > 0 && _measure.FitsAlone(unit with { DropsHeader = true }))
        {
            // The row fits without the header above it: a whole row says more than a part of it under its header.
            _pending.Push(unit with { IsAlone = true, DropsHeader = true });
            return;
        }

        if (_cutter.Cut(unit, _open.Count > 0 ? _open[0] : null, _openTokens) is > 0 and var end)
        {
            AddCut(unit with { End = end, IsAlone = isRow }, unit with { Start = end, IsAlone = isRow });
            return;
        }

        _pending.Push(unit);
        if (_open.Count > 0)
        {
            Emit(_open.Count);
            return;
        }

        _pending.Pop();
        var first = unit.Start + (char.IsHighSurrogate(_document.Text[unit.Start]) && unit.Start + 1 < unit.End ? 2 : 1);
        AddCut(unit with { End = first }, unit with { Start = first });
        if (_open.Count > 0)
        {
            Emit(_open.Count);
        }
    }

    private void AddCut(ChunkUnit first, ChunkUnit rest)
    {
        var start = rest.Start + (rest.End - rest.Start - _document.Text.AsSpan(rest.Start, rest.End - rest.Start).TrimStart().Length);
        if (start < rest.End)
        {
            _pending.Push(rest with { Start = start });
        }

        // A run of blanks longer than a chunk is in no chunk.
        if (_document.Text.AsSpan(first.Start, first.End - first.Start).IsWhiteSpace())
        {
            return;
        }

        Add(first, CountWith(first));
        if (first.IsAlone)
        {
            Emit(_open.Count);
        }
    }

    private bool TryAdd(ChunkUnit unit)
    {
        var heading = HeadingWith(unit);
        if (_open.Count > 0 && ReferenceEquals(heading, _openHeading) && unit.End - _open[0].Start <= _measure.MaxLength)
        {
            // The sum of the parts' counts is at or above the count of the whole, but for rare merges that Emit sees.
            var sum = _openTokens + _measure.Count(_document.Text.AsSpan(_open[^1].End, unit.End - _open[^1].End));
            if (sum <= _measure.MaxTokens)
            {
                Add(unit, sum);
                return true;
            }

            if (sum > _measure.MaxTokens + (_measure.MaxTokens / 8))
            {
                return false;
            }
        }

        var exact = CountWith(unit);
        if (exact > _measure.MaxTokens)
        {
            return false;
        }

        Add(unit, exact);
        return true;
    }

    private void Add(ChunkUnit unit, int tokens)
    {
        _openHeading = HeadingWith(unit);
        _openTokens = tokens;
        _hasBody |= !IsHeading(unit);
        _open.Add(unit);
    }

    private HeadingNode? HeadingWith(ChunkUnit unit)
    {
        var own = _measure.HeadingOver(unit.Block);
        return !_hasBody ? own : IsHeading(unit) ? _openHeading : HeadingNode.Common(_openHeading, own);
    }

    private int CountWith(ChunkUnit unit)
    {
        var first = _open.Count > 0 ? _open[0] : unit;
        return _measure.Count(first.Start, unit.End, HeadingWith(unit), _measure.HeaderOver(first));
    }

    private bool IsHeading(ChunkUnit unit) => _document.Blocks[unit.Block].Kind == DocumentBlockKind.Heading;

    /// <summary>Closes the chunk, but lets headings and a table's header at its end go with what follows them.</summary>
    private void EmitBeforeTrailingHeadings()
    {
        var count = _open.Count;
        while (count > 0 && (IsHeading(_open[count - 1]) || _document.Blocks[_open[count - 1].Block].IsTableHeader))
        {
            count--;
        }

        Emit(count == 0 ? _open.Count : count);
    }

    /// <summary>Makes a chunk of the first open units; the others are taken up again.</summary>
    private void Emit(int count)
    {
        var heading = HeadingOver(count);
        var tokens = CountFirst(count, heading);
        while (tokens > _measure.MaxTokens && count > 1)
        {
            count--;
            heading = HeadingOver(count);
            tokens = CountFirst(count, heading);
        }

        var first = _open[0];
        var path = _measure.Path(heading);
        var end = _document.Text.AsSpan(0, _open[count - 1].End).TrimEnd().Length;
        var text = _measure.TextOf(first.Start, end, _measure.HeaderOver(first));
        _chunks.Add(new Chunk
        {
            Id = ChunkText.Id(path, text),
            Ordinal = _chunks.Count,
            HeadingPath = path,
            Text = text,
            Start = first.Start,
            End = end,
            TokenCount = tokens,
        });
        for (var i = _open.Count - 1; i >= count; i--)
        {
            _pending.Push(_open[i]);
        }

        _open.Clear();
        _hasBody = false;
        _openHeading = null;
        _openTokens = 0;
    }

    private int CountFirst(int count, HeadingNode? heading) => _measure.Count(_open[0].Start, _open[count - 1].End, heading, _measure.HeaderOver(_open[0]));

    private HeadingNode? HeadingOver(int count)
    {
        HeadingNode? heading = null;
        var hasBody = false;
        for (var i = 0; i < count; i++)
        {
            var own = _measure.HeadingOver(_open[i].Block);
            if (!hasBody)
            {
                heading = own;
                hasBody = !IsHeading(_open[i]);
            }
            else if (!IsHeading(_open[i]))
            {
                heading = HeadingNode.Common(heading, own);
            }
        }

        return heading;
    }
}
