using System.Text;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>An object: named properties in any order, each at most once, and others where they are allowed.</summary>
internal sealed class ObjectForm : JsonForm
{
    /// <summary>Most named properties, so that a set of them is one number.</summary>
    public const int MostNames = 128;

    /// <summary>Most bytes of a name as it is written.</summary>
    public const int MostNameBytes = 128;

    /// <summary>Most properties that are not named.</summary>
    public const int MostOthers = 64;

    /// <summary>Bytes at which the name of another property must end.</summary>
    public const int MostOtherBytes = 512;

    private readonly JsonShape[] _shapes;
    private readonly UInt128 _required;
    private readonly int _least;
    private readonly int _most;

    /// <summary>Creates the form.</summary>
    /// <param name="properties">The named properties; names as they are written between the quotation marks.</param>
    /// <param name="others">The shape of other properties; null where there may be none.</param>
    /// <param name="least">Least properties.</param>
    /// <param name="most">Most properties.</param>
    public ObjectForm(IReadOnlyList<(string Name, JsonShape Shape, bool IsRequired)> properties, JsonShape? others, int least = 0, int most = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(properties.Count, MostNames);
        _shapes = [.. properties.Select(p => p.Shape)];
        for (var i = 0; i < properties.Count; i++)
        {
            Names.Add(Encoding.UTF8.GetBytes(properties[i].Name), i);
            _required |= properties[i].IsRequired ? UInt128.One << i : 0;
        }

        Others = others;
        _least = least;
        _most = most;
    }

    public ByteTrie Names { get; } = new();

    public JsonShape? Others { get; }

    public override int Height
    {
        get
        {
            var requiredCount = (int)UInt128.PopCount(_required);
            if (requiredCount > _most || _least > _most)
            {
                return Endless;
            }

            var height = 0;
            var further = new List<int>();
            for (var i = 0; i < _shapes.Length; i++)
            {
                if ((_required >> i & 1) != 0)
                {
                    height = Math.Max(height, _shapes[i].Height);
                }
                else
                {
                    further.Add(_shapes[i].Height);
                }
            }

            further.AddRange(Enumerable.Repeat(Others?.Height ?? Endless, MostOthers));
            further.Sort();
            var missing = Math.Max(0, _least - requiredCount);
            if (missing > further.Count)
            {
                return Endless;
            }

            return Math.Min(Endless, 1 + Math.Max(height, missing > 0 ? further[missing - 1] : 0));
        }
    }

    /// <summary>The shape of a named property.</summary>
    public JsonShape ShapeOf(int name) => _shapes[name];

    /// <summary>Which named properties may come next, one bit each.</summary>
    /// <param name="seen">Those that are there.</param>
    /// <param name="others">How many others are there.</param>
    /// <param name="levels">Levels that their values may nest.</param>
    public UInt128 NamesLeft(UInt128 seen, int others, int levels)
    {
        var left = Room(seen, others) > 0 ? Fitting(levels) : _required;
        return left & ~seen;
    }

    /// <summary>Whether a property that is not named may come next.</summary>
    public bool AllowsOther(UInt128 seen, int others, int levels) =>
        Others is not null && others < MostOthers && Others.Height <= levels && Room(seen, others) > 0;

    /// <summary>Whether the object may end.</summary>
    public bool MayEnd(UInt128 seen, int others) => (_required & ~seen) == 0 && (int)UInt128.PopCount(seen) + others >= _least;

    // What is left of the most properties once every required one has its place.
    private int Room(UInt128 seen, int others) => _most - others - (int)UInt128.PopCount(seen | _required);

    private UInt128 Fitting(int levels)
    {
        var fitting = UInt128.Zero;
        for (var i = 0; i < _shapes.Length; i++)
        {
            fitting |= _shapes[i].Height <= levels ? UInt128.One << i : 0;
        }

        return fitting;
    }
}
