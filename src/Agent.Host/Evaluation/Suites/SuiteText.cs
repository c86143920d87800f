using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Agent.Host.Evaluation.Suites;

/// <summary>Reads the files of a suite: UTF-8, and JSON in which no name comes twice.</summary>
internal static class SuiteText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The text of a file; null where it cannot be read, which is reported.</summary>
    public static async Task<string?> ReadAsync(string file, string fix, List<SuiteProblem> problems, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, StrictUtf8, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(new SuiteProblem(file, "there is no such file", fix));
        }
        catch (DecoderFallbackException)
        {
            problems.Add(new SuiteProblem(file, "the file is not UTF-8", "Save it as UTF-8"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new SuiteProblem(file, $"the file cannot be read ({e.Message.TrimEnd('.')})", fix));
        }

        return null;
    }

    /// <summary>The value of a JSON text; null where it is none, which is reported.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file that holds it.</param>
    /// <param name="line">The line at which it begins, counted from 1.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static JsonElement? Parse(string text, string file, int line, List<SuiteProblem> problems)
    {
        try
        {
            var element = JsonElement.Parse(text, Strict);
            RequireWholeCharacters(element);
            return element;
        }
        catch (JsonException e)
        {
            // The position is appended to the message, and counts from 0.
            var reason = e.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd('.', ' ');
            var at = string.Create(CultureInfo.InvariantCulture, $"{file}:{line + (e.LineNumber ?? 0)}");
            problems.Add(new SuiteProblem(at, $"this is not JSON, at byte {(e.BytePositionInLine ?? 0) + 1}: {reason}", "Mend it there"));
        }
        catch (InvalidOperationException)
        {
            problems.Add(new SuiteProblem($"{file}:{line}", "a \\u escape is half of a surrogate pair", "Write both halves, or the character itself"));
        }

        return null;
    }

    /// <summary>Half of a surrogate pair passes the parser, and throws at whoever reads it later.</summary>
    private static void RequireWholeCharacters(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    RequireWholeCharacters(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    RequireWholeCharacters(property.Value);
                }

                break;
        }
    }
}
