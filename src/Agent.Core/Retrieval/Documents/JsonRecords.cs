using System.Text.Json;

namespace Agent.Core.Retrieval.Documents;

/// <summary>JSON values as records of <c>path: value</c>. For one thread.</summary>
internal sealed class JsonRecords(DocumentContent content, DocumentBuilder builder)
{
    private readonly int _table = builder.BeginTable();
    private readonly List<string> _fields = [];
    private long _characters;

    public static JsonDocumentOptions Options(DocumentLimits limits) =>
        new() { MaxDepth = limits.MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static DocumentException Refuse(DocumentContent content, long? line, JsonException exception) =>
        exception.Message.Contains("maximum configured depth", StringComparison.Ordinal)
            ? new DocumentException(content.Name, $"The JSON is nested more than {content.Limits.MaxDepth} levels deep (line {line})", "Flatten it, or raise the limit.", exception)
            : new DocumentException(content.Name, $"The JSON is not valid at line {line}", "Correct it there; a file with one value on each line is named .jsonl.", exception);

    /// <summary>Adds what stands at the top of a file.</summary>
    public void AddTop(JsonElement top)
    {
        if (top.ValueKind == JsonValueKind.Array)
        {
            AddItems(string.Empty, top);
        }
        else if (top.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in top.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.Array && property.Value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Object))
                {
                    Close();
                    AddItems(property.Name, property.Value);
                }
                else
                {
                    Flatten(property.Name, property.Value);
                }
            }

            Close();
        }
        else
        {
            AddRecord(top);
        }
    }

    /// <summary>Adds one value as one record.</summary>
    public void AddRecord(JsonElement value)
    {
        Flatten(string.Empty, value);
        Close();
    }

    private void AddItems(string name, JsonElement array)
    {
        // Texts and numbers beside each other are one list; objects are records.
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                Close();
                Flatten(name.Length == 0 ? string.Empty : $"{name}[{index}]", item);
                Close();
            }
            else
            {
                Flatten(name, item);
            }

            index++;
        }

        Close();
    }

    private void Close()
    {
        builder.AddRecord(_table, _fields);
        _fields.Clear();
    }

    // Recursion is as deep as the parser let values nest.
    private void Flatten(string path, JsonElement value)
    {
        Charge(path.Length + 1);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Flatten(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Flatten($"{path}[{index++}]", item);
                }

                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            default:
                var text = value.ToString();
                if (!string.IsNullOrWhiteSpace(text))
                {
                    Add(path.Length == 0 ? text : $"{path}: {text}");
                }

                break;
        }
    }

    private void Add(string field)
    {
        Charge(field.Length);
        _fields.Add(field);
    }

    private void Charge(int characters)
    {
        // Paths repeat the names above a value, so they may be far longer than the file, empty values included.
        _characters += characters;
        if (_characters > 2L * content.Limits.MaxTextLength)
        {
            throw DocumentException.TooLong(content);
        }
    }
}
