namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>What a JSON value may look like: one of several forms. Shapes may refer to each other in circles.</summary>
/// <remarks>Built, then closed by <see cref="Close"/>; from then on immutable and thread-safe.</remarks>
internal sealed class JsonShape
{
    private static readonly Lazy<(JsonShape Value, JsonShape Object)> s_any = new(CreateAny);

    /// <summary>Any value.</summary>
    public static JsonShape AnyValue => s_any.Value.Value;

    /// <summary>Any object.</summary>
    public static JsonShape AnyObject => s_any.Value.Object;

    /// <summary>The forms; set once.</summary>
    public IReadOnlyList<JsonForm> Forms { get; set; } = [];

    /// <summary>Levels that the flattest value nests; <see cref="JsonForm.Endless"/> where no value fits.</summary>
    public int Height { get; private set; } = JsonForm.Endless;

    /// <summary>Whether any value fits.</summary>
    public bool IsPossible => Height < JsonForm.Endless;

    /// <summary>Finds the heights of shapes that refer to each other and drops the forms that nothing fits.</summary>
    public static void Close(IReadOnlyCollection<JsonShape> shapes)
    {
        // The least solution: a height only ever falls, from endless, once something finite is below it. Inner shapes come later in
        // the list as a rule, so a walk from its end settles nearly all of them at once.
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var shape in shapes.Reverse())
            {
                var height = shape.Forms.Count == 0 ? JsonForm.Endless : shape.Forms.Min(form => form.Height);
                changed |= height != shape.Height;
                shape.Height = height;
            }
        }

        foreach (var shape in shapes)
        {
            shape.Forms = [.. shape.Forms.Where(form => form.Height < JsonForm.Endless)];
        }
    }

    private static (JsonShape Value, JsonShape Object) CreateAny()
    {
        var value = new JsonShape();
        var members = new ObjectForm([], value);
        value.Forms =
        [
            StringForm.Any,
            NumberForm.Number,
            new LiteralForm(["true"u8.ToArray(), "false"u8.ToArray(), "null"u8.ToArray()]),
            members,
            new ArrayForm([], value),
        ];
        var any = new JsonShape { Forms = [members] };
        Close([value, any]);
        return (value, any);
    }
}
