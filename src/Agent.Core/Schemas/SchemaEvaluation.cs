using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Agent.Core.Names;

namespace Agent.Core.Schemas;

/// <summary>The state of checking one value: where it is, what was found, and how much work is left.</summary>
internal sealed class SchemaEvaluation(JsonSchemaLimits limits, string rootName)
{
    /// <summary>Schemas within schemas at one time; a schema cannot overflow the stack of the process.</summary>
    private const int MaxNesting = 512;

    private readonly List<string> _path = [];
    private List<SchemaFinding> _findings = [];
    private int _capacity = limits.MaxViolations;
    private int _nesting;
    private int _steps = limits.MaxSteps;
    private string? _subject;
    private int _subjectDepth;

    public IReadOnlyList<SchemaFinding> Findings => _findings;

    public int Depth => _path.Count;

    /// <summary>No further finding would be kept, so no further work is worth doing.</summary>
    public bool IsFull => _findings.Count >= _capacity || IsExhausted;

    /// <summary>The value or the schema asks for more work than is allowed; the value counts as refused.</summary>
    public bool IsExhausted { get; private set; }

    public bool Enter()
    {
        if (_nesting >= MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            IsExhausted = true;
        }

        if (!Spend(1))
        {
            return false;
        }

        _nesting++;
        return true;
    }

    public void Leave() => _nesting--;

    /// <summary>Takes steps of work; false when none are left.</summary>
    public bool Spend(int steps)
    {
        _steps -= steps;
        IsExhausted |= _steps < 0;
        return !IsExhausted;
    }

    /// <summary>Takes the work of reading a value whole.</summary>
    public bool SpendOn(JsonElement value) => Spend((JsonText.Raw(value).Length / 16) + 1);

    /// <summary>Checks a property or an item.</summary>
    public void Descend(string token, SchemaNode node, JsonElement instance)
    {
        _path.Add(token);
        node.Evaluate(instance, this);
        _path.RemoveAt(_path.Count - 1);
    }

    public void Descend(int index, SchemaNode node, JsonElement instance) =>
        Descend(index.ToString(CultureInfo.InvariantCulture), node, instance);

    /// <summary>Checks a value without reporting, and tells what would have been reported.</summary>
    /// <param name="node">The schema.</param>
    /// <param name="instance">The value.</param>
    /// <param name="most">Findings wanted; 1 to learn only whether the value fits.</param>
    /// <param name="subject">What messages call the value; null for its place.</param>
    public List<SchemaFinding> Probe(SchemaNode node, JsonElement instance, int most = 1, string? subject = null)
    {
        var (findings, capacity, oldSubject, oldDepth) = (_findings, _capacity, _subject, _subjectDepth);
        (_findings, _capacity) = ([], most);
        if (subject is not null)
        {
            (_subject, _subjectDepth) = (subject, _path.Count);
        }

        node.Evaluate(instance, this);
        var found = _findings;
        (_findings, _capacity, _subject, _subjectDepth) = (findings, capacity, oldSubject, oldDepth);
        return found;
    }

    /// <summary>Whether a value fits. False also when the work is used up.</summary>
    public bool Fits(SchemaNode node, JsonElement instance) => Probe(node, instance).Count == 0 && !IsExhausted;

    public void Report(string message, SchemaMismatch mismatch = SchemaMismatch.Fault) =>
        Add(new SchemaFinding(new SchemaViolation(Pointer(), message), Depth, mismatch));

    public void ReportAt(string property, string message) =>
        Add(new SchemaFinding(new SchemaViolation(JsonPointer.Append(Pointer(), property), message), Depth + 1, SchemaMismatch.Fault));

    public void Add(SchemaFinding finding)
    {
        if (!IsFull)
        {
            _findings.Add(finding);
        }
    }

    /// <summary>What a message calls the value: the name of a top-level property, or else its pointer.</summary>
    public string Subject() => _subject is not null && _subjectDepth == _path.Count ? _subject : Name(_path);

    public string SubjectOf(string property) => Name([.. _path, property]);

    private string Name(List<string> path) => path.Count switch
    {
        0 => rootName,
        1 when path[0].AsSpan().IndexOfAny('/', '~') < 0 && path[0].Length > 0 => JsonText.Quote(path[0]),
        _ => JsonText.Quote(Pointer(path)),
    };

    private string Pointer() => Pointer(_path);

    private static string Pointer(List<string> path)
    {
        var pointer = new StringBuilder();
        foreach (var token in path)
        {
            pointer.Append('/').Append(JsonPointer.Escape(token));
        }

        return pointer.ToString();
    }
}
