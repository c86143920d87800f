using Microsoft.Extensions.AI;

namespace Agent.Core.Retrieval.Injection;

/// <summary>Citations as annotations of Microsoft.Extensions.AI.</summary>
internal static class CitationAnnotations
{
    /// <summary>One annotation for each passage that is cited, with a region for each place.</summary>
    /// <param name="citations">The citations.</param>
    /// <param name="offset">What is subtracted from their places: where the annotated content begins in the answer.</param>
    public static IList<AIAnnotation> Of(IEnumerable<Citation> citations, int offset) => [.. citations
        .GroupBy(citation => citation.Number)
        .Select(group => Of(group.Key, group.First().Passage, [.. group.Select(citation => Region(citation, offset))]))];

    /// <summary>A response whose text carries its citations. The given one and its contents stay as they are: a cache may have lent them.</summary>
    public static ChatResponse Annotate(ChatResponse response, IReadOnlyList<NumberedPassage> passages)
    {
        var annotated = response.Messages.Select(message => message.Role == ChatRole.Assistant ? Annotate(message, passages) : message).ToList();
        return new ChatResponse(annotated)
        {
            ResponseId = response.ResponseId,
            ConversationId = response.ConversationId,
            ModelId = response.ModelId,
            CreatedAt = response.CreatedAt,
            FinishReason = response.FinishReason,
            Usage = response.Usage,
            ContinuationToken = response.ContinuationToken,
            RawRepresentation = response.RawRepresentation,
            AdditionalProperties = response.AdditionalProperties,
        };
    }

    private static ChatMessage Annotate(ChatMessage message, IReadOnlyList<NumberedPassage> passages)
    {
        // Read as one text: a mark may lie across two contents.
        var citations = CitationReader.Read(message.Text, passages).Citations;
        if (citations.Count == 0)
        {
            return message;
        }

        var clone = message.Clone();
        clone.Contents = [];
        var offset = 0;
        foreach (var content in message.Contents)
        {
            if (content is not TextContent text)
            {
                clone.Contents.Add(content);
                continue;
            }

            var (start, end) = (offset, offset + text.Text.Length);
            clone.Contents.Add(Annotate(text, start, [.. citations.Where(citation => citation.Start >= start && citation.Start < end)]));
            offset = end;
        }

        return clone;
    }

    private static TextContent Annotate(TextContent text, int start, IReadOnlyList<Citation> citations)
    {
        if (citations.Count == 0)
        {
            return text;
        }

        return new TextContent(text.Text)
        {
            Annotations = [.. text.Annotations ?? [], .. Of(citations.Select(citation => citation with { End = Math.Min(citation.End, start + text.Text.Length) }), start)],
            AdditionalProperties = text.AdditionalProperties,
            RawRepresentation = text.RawRepresentation,
        };
    }

    private static CitationAnnotation Of(int number, Passage passage, IList<AnnotatedRegion> regions) => new()
    {
        Title = string.Join(" > ", passage.Path),

        // A path on this machine is no address that a reader could open, so only addresses become one.
        Url = Uri.TryCreate(passage.Source, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri : null,
        FileId = passage.Source,
        Snippet = passage.Text,
        AnnotatedRegions = regions,
        AdditionalProperties = new AdditionalPropertiesDictionary
        {
            ["number"] = number,
            ["passage_id"] = passage.Id,
            ["start"] = passage.Start,
            ["end"] = passage.End,
        },
    };

    private static TextSpanAnnotatedRegion Region(Citation citation, int offset) => new() { StartIndex = citation.Start - offset, EndIndex = citation.End - offset };
}
