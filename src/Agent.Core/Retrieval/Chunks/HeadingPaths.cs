using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>The heading over each block of a document, and paths that leave room for text. For one thread.</summary>
internal sealed class HeadingPaths
{
    private const string Separator = " > ";
    private const int MaxHeadingLength = 1000;

    private readonly HeadingNode?[] _nodes;
    private readonly TokenCounter _counter;
    private readonly int _maxTokens;
    private HeadingNode? _lastNode;
    private string[] _lastPath = [];

    public HeadingPaths(SourceDocument document, TokenCounter counter, int maxTokens)
    {
        _counter = counter;
        _maxTokens = maxTokens;
        _nodes = new HeadingNode?[document.Blocks.Count];
        HeadingNode? current = null;
        for (var i = 0; i < _nodes.Length; i++)
        {
            var block = document.Blocks[i];
            if (block.Kind == DocumentBlockKind.Heading)
            {
                while (current is not null && current.Level >= block.Level)
                {
                    current = current.Parent;
                }

                current = new HeadingNode(current, block.Level, SingleLine.Of(document.TextOf(block), MaxHeadingLength));
            }

            _nodes[i] = current;
        }
    }

    /// <summary>The heading that a block stands under; for a heading, itself.</summary>
    public HeadingNode? Of(int block) => _nodes[block];

    /// <summary>The path to a heading, cut to its share of a chunk.</summary>
    public string[] Path(HeadingNode? node)
    {
        if (ReferenceEquals(node, _lastNode))
        {
            return _lastPath;
        }

        var path = new List<string>();
        for (var at = node; at is not null; at = at.Parent)
        {
            path.Insert(0, at.Text);
            if (_counter(string.Join(Separator, path)) > _maxTokens)
            {
                path.RemoveAt(0);
                break;
            }
        }

        if (path.Count == 0 && node is not null && Shorten(node.Text) is { Length: > 0 } part)
        {
            path.Add(part);
        }

        _lastNode = node;
        _lastPath = [.. path];
        return _lastPath;
    }

    private string Shorten(string heading)
    {
        var fits = 0;
        var tooLong = heading.Length;
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            if (_counter(heading.AsSpan(0, middle)) <= _maxTokens)
            {
                fits = middle;
            }
            else
            {
                tooLong = middle;
            }
        }

        var cut = TextBorders.Last(heading, fits, TextBorderKind.Word);
        return heading[..(cut > 0 ? cut : TextBorders.WholeCharacters(heading, fits))].TrimEnd();
    }
}
