using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Injection;

namespace Agent.Host.Terminal;

/// <summary>What an answer cites, for people and for programs.</summary>
internal static class CitedSources
{
    /// <summary>One line for each passage that is cited, in the order of their numbers: number, title, headings.</summary>
    public static IEnumerable<string> Lines(IEnumerable<Citation> citations) => citations
        .DistinctBy(citation => citation.Number)
        .OrderBy(citation => citation.Number)
        .Select(citation => $"[{citation.Number}] {Describe(citation.Passage)}");

    /// <summary>Writes the fields of the event that passages were found.</summary>
    public static void Write(Utf8JsonWriter json, AgentPassagesInjected injected)
    {
        json.WriteStartArray("passages"u8);
        foreach (var passage in injected.Passages)
        {
            json.WriteStartObject();
            json.WriteNumber("number"u8, passage.Number);
            json.WriteString("id"u8, passage.Id);
            json.WriteString("source"u8, passage.Source);
            json.WriteNumber("score"u8, passage.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the citations of a run, those of no passage by their numbers.</summary>
    public static void Write(Utf8JsonWriter json, AgentFinished finished)
    {
        json.WriteStartArray("citations"u8);
        foreach (var citation in finished.Citations)
        {
            Write(json, citation);
        }

        json.WriteEndArray();
        json.WriteStartArray("unknown_citations"u8);
        foreach (var unknown in finished.UnknownCitations)
        {
            json.WriteNumberValue(unknown.Number);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Citation citation)
    {
        json.WriteStartObject();
        json.WriteNumber("number"u8, citation.Number);
        json.WriteString("id"u8, citation.Passage.Id);
        json.WriteString("source"u8, citation.Passage.Source);
        json.WriteString("title"u8, citation.Passage.Title);
        json.WriteStartArray("heading_path"u8);
        foreach (var heading in citation.Passage.HeadingPath)
        {
            json.WriteStringValue(heading);
        }

        json.WriteEndArray();
        json.WriteNumber("start"u8, citation.Passage.Start);
        json.WriteNumber("end"u8, citation.Passage.End);
        json.WriteNumber("answer_start"u8, citation.Start);
        json.WriteNumber("answer_end"u8, citation.End);
        json.WriteEndObject();
    }

    /// <summary>Title and headings; the source where the document has no title.</summary>
    private static string Describe(Passage passage) =>
        string.Join(" > ", passage.Path is { Count: > 0 } path ? path : [passage.Source]);
}
