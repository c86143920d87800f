using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>One document being cut. For one thread.</summary>
internal sealed class ChunkRun
{
    // Shares of a chunk that its heading path and the repeated header of a table may take.
    private const int PathShare = 4;
    private const int HeaderShare = 3;

    // No text has tokens of this length on average. Longer units are not counted at all, or one long line would be counted anew for each chunk.
    private const int MaxTokenLength = 64;

    private readonly SourceDocument _document;
    private readonly int _maxTokens;
    private readonly TokenCounter _counter;
    private readonly CancellationToken _cancellationToken;
    private readonly HeadingPaths _paths;
    private readonly TableHeaders _headers;
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
        _maxTokens = maxTokens;
        _counter = counter;
        _cancellationToken = cancellationToken;
        _paths = new HeadingPaths(document, counter, maxTokens / PathShare);
        _headers = new TableHeaders(document, counter, maxTokens / HeaderShare);
    }

    private int MaxLength => _maxTokens * MaxTokenLength;

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
            return _hasBody && _openTokens > _maxTokens / 2;
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
        if (isRow && !unit.DropsHeader && _open.Count == 0 && HeaderOf(unit).Length > 0 && Count(unit.Start, unit.End, _paths.Of(unit.Block), default) <= _maxTokens)
        {
            // The row fits without the header above it: a whole row says more than a part of it under its header.
            _pending.Push(unit with { IsAlone = true, DropsHeader = true });
            return;
        }

        if (Cut(unit) is > 0 and var end)
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
        if (_open.Count > 0 && ReferenceEquals(heading, _openHeading) && unit.End - _open[0].Start <= MaxLength)
        {
            // The sum of the parts' counts is at or above the count of the whole, but for rare merges that Emit sees.
            var sum = _openTokens + _counter(_document.Text.AsSpan(_open[^1].End, unit.End - _open[^1].End));
            if (sum <= _maxTokens)
            {
                Add(unit, sum);
                return true;
            }

            if (sum > _maxTokens + (_maxTokens / 8))
            {
                return false;
            }
        }

        var exact = CountWith(unit);
        if (exact > _maxTokens)
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
        var own = _paths.Of(unit.Block);
        return !_hasBody ? own : IsHeading(unit) ? _openHeading : HeadingNode.Common(_openHeading, own);
    }

    private int CountWith(ChunkUnit unit)
    {
        var first = _open.Count > 0 ? _open[0] : unit;
        return Count(first.Start, unit.End, HeadingWith(unit), HeaderOf(first));
    }

    private int Count(int start, int end, HeadingNode? heading, ReadOnlySpan<char> header) => end - start > MaxLength
        ? int.MaxValue
        : _counter(ChunkText.Compose(_paths.Path(heading), TextOf(start, end, header)));

    private string TextOf(int start, int end, ReadOnlySpan<char> header)
    {
        var text = _document.Text.AsSpan(start, end - start).TrimEnd();
        return header.IsEmpty ? text.ToString() : $"{header}\n{text}";
    }

    /// <summary>The header to repeat over a chunk that begins with this unit.</summary>
    private ReadOnlySpan<char> HeaderOf(ChunkUnit first) => first.DropsHeader ? default : _headers.Over(first.Block);

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
        while (tokens > _maxTokens && count > 1)
        {
            count--;
            heading = HeadingOver(count);
            tokens = CountFirst(count, heading);
        }

        var first = _open[0];
        var path = _paths.Path(heading);
        var end = _document.Text.AsSpan(0, _open[count - 1].End).TrimEnd().Length;
        var text = TextOf(first.Start, end, HeaderOf(first));
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

    private int CountFirst(int count, HeadingNode? heading) => Count(_open[0].Start, _open[count - 1].End, heading, HeaderOf(_open[0]));

    private HeadingNode? HeadingOver(int count)
    {
        HeadingNode? heading = null;
        var hasBody = false;
        for (var i = 0; i < count; i++)
        {
            var own = _paths.Of(_open[i].Block);
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

    /// <summary>Where to cut a unit that does not fit behind what is open; 0 if it should begin a chunk instead, or cannot be cut.</summary>
    private int Cut(ChunkUnit unit)
    {
        var block = _document.Blocks[unit.Block];
        var text = _document.Text.AsSpan(unit.Start, unit.End - unit.Start);
        var afterHeadings = _open.Count > 0;
        if (afterHeadings && block.Kind is DocumentBlockKind.TableRow or DocumentBlockKind.Code && FitsAlone(unit))
        {
            return 0;
        }

        var longest = LongestFit(unit);
        while (longest > 0)
        {
            var cut = BorderBefore(block, unit, text, longest, afterHeadings);
            if (cut == 0 || CountWith(unit with { End = unit.Start + cut }) <= _maxTokens)
            {
                return cut == 0 ? 0 : unit.Start + cut;
            }

            longest = cut - 1;
        }

        return 0;
    }

    private int BorderBefore(DocumentBlock block, ChunkUnit unit, ReadOnlySpan<char> text, int longest, bool afterHeadings)
    {
        if (block.Kind == DocumentBlockKind.TableRow && LastCell(block, unit.Start - block.Offset, longest) is > 0 and var cell)
        {
            return cell;
        }

        if (block.Kind == DocumentBlockKind.Code)
        {
            var line = text[..longest].LastIndexOf('\n') + 1;
            if (line > 0 && !text[..line].IsWhiteSpace())
            {
                return line;
            }
        }
        else
        {
            if (TextBorders.Last(text, longest, TextBorderKind.Sentence) is > 0 and var sentence)
            {
                return sentence;
            }

            if (afterHeadings && FitsAlone(unit with { End = unit.Start + TextBorders.FirstSentence(text, MaxLength) }))
            {
                return 0;
            }

            // A clause that leaves most of the chunk empty is a worse place than the last word that fits.
            if (TextBorders.Last(text, longest, TextBorderKind.Clause) is var clause && clause > longest / 3)
            {
                return clause;
            }
        }

        return TextBorders.Last(text, longest, TextBorderKind.Word) is > 0 and var word ? word : TextBorders.WholeCharacters(text, longest);
    }

    private bool FitsAlone(ChunkUnit unit) => Count(unit.Start, unit.End, _paths.Of(unit.Block), HeaderOf(unit)) <= _maxTokens;

    /// <summary>Length of the longest beginning of a unit that fits behind what is open.</summary>
    private int LongestFit(ChunkUnit unit)
    {
        var fits = 0;
        var tooLong = Math.Min(unit.End - unit.Start, MaxLength + 1);
        var step = Math.Max(16, _maxTokens - _openTokens);
        var grows = true;
        while (tooLong - fits > 1)
        {
            // Growing steps first: the unit may be far longer than a chunk.
            var middle = grows && step < (tooLong - fits) / 2 ? fits + step : (fits + tooLong) / 2;
            if (CountWith(unit with { End = unit.Start + middle }) <= _maxTokens)
            {
                fits = middle;
                step = Math.Min(step * 2, MaxLength);
            }
            else
            {
                tooLong = middle;
                grows = false;
            }
        }

        return fits;
    }

    private static int LastCell(DocumentBlock block, int from, int longest)
    {
        var starts = block.CellStarts;
        var low = 0;
        var high = starts.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (starts[middle] <= from + longest)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 ? Math.Max(0, starts[low - 1] - from) : 0;
    }
}
