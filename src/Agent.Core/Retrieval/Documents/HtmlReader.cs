using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Agent.Core.Retrieval.Documents;

/// <summary>
/// HTML as browsers read it: headings, paragraphs, lists, tables row by row, preformatted text. Scripts, styles, navigation and forms' controls are
/// left out; links become their text. Nothing is fetched and nothing runs.
/// </summary>
public sealed class HtmlReader : IDocumentReader
{
    // A tree costs far more memory than the text it was made of.
    private const int MaxElements = 1_000_000;

    // Elements at the deepest level that are put up with.
    private const int MaxDeepest = 1000;

    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal) { "name", "content", "lang", "alt", "start", "hidden" };

    /// <inheritdoc/>
    public string Format => "HTML";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".html", ".htm", ".xhtml"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MediaTypes { get; } = ["text/html", "application/xhtml+xml"];

    /// <inheritdoc/>
    public SourceDocument Read(DocumentContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var builder = new DocumentBuilder(content, cancellationToken);
        var text = content.DecodeText();
        var elements = 0;
        var deepest = 0;
        IElement? last = null;
        var parser = new HtmlParser(new HtmlParserOptions
        {
            MaximumDepth = content.Limits.MaxDepth,
            DisableElementPositionTracking = true,
            SkipComments = true,
            SkipScriptText = true,
            // Only what is used: a tag may have millions, and each is compared with those before it.
            ShouldEmitAttribute = static (ref _, name) => Attributes.Contains(name.ToString()),
            OnCreated = (element, _) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                // The parser flattens what is too deep but goes on to search all open elements for each new one.
                if (IsDeepest(last, content.Limits.MaxDepth) && ++deepest > MaxDeepest)
                {
                    throw new DocumentException(content.Name, $"The page is nested more than {content.Limits.MaxDepth} levels deep", "Close the elements of the page, or raise the limit.");
                }

                last = element;
                if (++elements > MaxElements)
                {
                    throw new DocumentException(content.Name, $"The page has more than {MaxElements:N0} elements", "Split the file.");
                }
            },
        });
        using var page = parser.ParseDocument(text);
        builder.SetTitle(page.Title);
        foreach (var meta in page.QuerySelectorAll("head meta[name][content]"))
        {
            builder.SetMetadata(meta.GetAttribute("name")!, meta.GetAttribute("content")!);
        }

        if (page.DocumentElement.GetAttribute("lang") is { } language)
        {
            builder.SetMetadata("lang", language);
        }

        new HtmlWalk(builder).Run(page.Body);
        return builder.Build();
    }

    private static bool IsDeepest(INode? node, int maxDepth)
    {
        var depth = 0;
        while (node is IElement && depth < maxDepth - 2)
        {
            depth++;
            node = node.Parent;
        }

        return depth >= maxDepth - 2;
    }
}
