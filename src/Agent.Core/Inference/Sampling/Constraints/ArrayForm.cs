namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>An array: first items with shapes of their own, and further ones of one shape.</summary>
internal sealed class ArrayForm : JsonForm
{
    private readonly IReadOnlyList<JsonShape> _first;
    private readonly JsonShape? _rest;
    private readonly int _least;
    private readonly int? _most;

    /// <summary>Creates the form.</summary>
    /// <param name="first">Shapes of the first items.</param>
    /// <param name="rest">Shape of further items; null where there may be none.</param>
    /// <param name="least">Least items.</param>
    /// <param name="most">Most items; null for any number.</param>
    public ArrayForm(IReadOnlyList<JsonShape> first, JsonShape? rest, int least = 0, int? most = null)
    {
        _first = first;
        _rest = rest;
        _least = least;
        _most = rest is null ? Math.Min(most ?? int.MaxValue, first.Count) : most;
        Counted = Math.Max(Math.Max(first.Count, least), _most ?? 0);
    }

    public override int Height
    {
        get
        {
            if (_least > (_most ?? int.MaxValue))
            {
                return Endless;
            }

            var height = 0;
            for (var i = 0; i < _least; i++)
            {
                height = Math.Max(height, ShapeAt(i)!.Height);
            }

            return Math.Min(Endless, height + 1);
        }
    }

    /// <summary>The number up to which items are told apart: beyond it they are all alike.</summary>
    public int Counted { get; }

    /// <summary>The shape of the item at an index; null where no item may stand.</summary>
    public JsonShape? ShapeAt(int index) => index >= (_most ?? int.MaxValue) ? null : index < _first.Count ? _first[index] : _rest;

    /// <summary>Whether the array may end after so many items.</summary>
    public bool MayEnd(int count) => count >= _least;
}
