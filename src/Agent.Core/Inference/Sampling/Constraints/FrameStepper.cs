namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>What a byte makes of a half-written text.</summary>
/// <remarks>
/// No way leads to a dead end: a level is opened only where the flattest value fits below <see cref="MostDepth"/>, a comma is
/// written only where another property or item may follow, blanks are bounded, and a name that must end can end. So every text
/// that is reached can be completed. Thread-safe if <paramref name="intern"/> is.
/// </remarks>
/// <param name="intern">Gives one object for all frames that are equal, or the frame as it is.</param>
internal sealed class FrameStepper(Func<ConstraintFrame, ConstraintFrame> intern)
{
    /// <summary>Levels of objects and arrays, the call itself included: as many as the parser of calls reads.</summary>
    public const int MostDepth = 64;

    private const int AfterOpening = 0;
    private const int AfterComma = 1;
    private const int AfterMember = 2;
    private const int AfterColon = 3;
    private const int AfterHead = 4;

    private const int OneSpace = 1;
    private const int LineFeed = 2;
    private const int MostBlanks = LineFeed + 32;

    /// <summary>The frame of a value at the top level.</summary>
    public ConstraintFrame Begin(JsonShape shape) => Make(new(FrameKind.Value, Make(new(FrameKind.End, null, null)), shape) { Position = AfterHead });

    /// <summary>The frame of a call.</summary>
    public ConstraintFrame Begin(CallForm call) => Make(new(FrameKind.CallHead, null, call));

    /// <summary>Whether the text is complete.</summary>
    public static bool IsComplete(ConstraintFrame frame) => frame.Kind switch
    {
        FrameKind.End => true,
        FrameKind.CallTail => frame.Position > 0,
        FrameKind.Number => NumberLexer.IsComplete(frame.Position) && IsComplete(frame.Parent!),
        FrameKind.Literal => ((LiteralForm)frame.Form!).Texts.Value(frame.Position) >= 0 && IsComplete(frame.Parent!),
        _ => false,
    };

    /// <summary>Whether a space is due as Python's <c>json.dumps</c> writes it: behind a comma or colon.</summary>
    public static bool ExpectsSpace(ConstraintFrame frame) => frame.Blanks == 0 && frame.Kind switch
    {
        FrameKind.Value => frame.Position is AfterComma or AfterColon,
        FrameKind.Object => frame.Position is AfterComma,
        _ => false,
    };

    /// <summary>Adds what a text may be after a byte; nothing where the byte cannot stand.</summary>
    public void Step(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        switch (frame.Kind)
        {
            case FrameKind.CallHead:
                StepCallHead(frame, b, output);
                break;
            case FrameKind.CallTail:
                StepCallTail(frame, b, output);
                break;
            case FrameKind.Value:
                StepValue(frame, b, output);
                break;
            case FrameKind.String:
                StepString(frame, b, output);
                break;
            case FrameKind.Number:
                StepNumber(frame, b, output);
                break;
            case FrameKind.Literal:
                StepLiteral(frame, b, output);
                break;
            case FrameKind.Object:
                StepObject(frame, b, output);
                break;
            case FrameKind.Name:
                StepName(frame, b, output);
                break;
            case FrameKind.Colon when b == ':':
                output.Add(Make(new(FrameKind.Value, frame.Parent, frame.Form) { Depth = frame.Depth, Position = AfterColon }));
                break;
            case FrameKind.Array:
                StepArray(frame, b, output);
                break;
            default:
                break;
        }
    }

    private ConstraintFrame Make(ConstraintFrame frame) => intern(frame);

    private void StepCallHead(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        var call = (CallForm)frame.Form!;
        var node = call.Heads.Child(frame.Position, b);
        if (node < 0)
        {
            return;
        }

        var tool = call.Heads.Value(node);
        output.Add(tool < 0
            ? Make(new(FrameKind.CallHead, null, call) { Position = node })
            : Make(new(FrameKind.Value, Make(new(FrameKind.CallTail, null, call) { Depth = 1 }), call.Arguments[tool]) { Depth = 1, Position = AfterHead }));
    }

    // A brace ends the call; the line feed behind it may be missing.
    private void StepCallTail(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        if ((frame.Position == 0 && b == '}') || (frame.Position == 1 && b == '\n'))
        {
            output.Add(Make(new(FrameKind.CallTail, null, frame.Form) { Depth = frame.Depth, Position = frame.Position + 1 }));
        }
    }

    private void StepValue(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        var blanks = frame.Position switch
        {
            AfterComma => NextBlanks(frame.Blanks, b),
            AfterColon when b == ' ' && frame.Blanks == 0 => OneSpace,
            _ => 0,
        };
        if (blanks > 0)
        {
            output.Add(Make(new(FrameKind.Value, frame.Parent, frame.Form) { Depth = frame.Depth, Position = frame.Position, Blanks = blanks }));
        }
        else
        {
            StartValue((JsonShape)frame.Form!, frame.Parent!, frame.Depth, b, output);
        }
    }

    private void StartValue(JsonShape shape, ConstraintFrame parent, int depth, byte b, List<ConstraintFrame> output)
    {
        foreach (var form in shape.Forms)
        {
            switch (form)
            {
                case StringForm when b == '"':
                    output.Add(Make(new(FrameKind.String, parent, form)));
                    break;
                case NumberForm number when NumberLexer.Next(NumberLexer.Start, 0, number.IsInteger, b) is > 0 and var state:
                    output.Add(Make(new(FrameKind.Number, parent, form) { Position = state, Count = 1 }));
                    break;
                case LiteralForm literal when literal.Texts.Child(0, b) is > 0 and var node:
                    AddLiteral(literal, node, parent, output);
                    break;
                case ObjectForm when b == '{' && depth + form.Height <= MostDepth:
                    output.Add(Make(new(FrameKind.Object, parent, form) { Depth = depth + 1 }));
                    break;
                case ArrayForm when b == '[' && depth + form.Height <= MostDepth:
                    output.Add(Make(new(FrameKind.Array, parent, form) { Depth = depth + 1 }));
                    break;
                default:
                    break;
            }
        }
    }

    private void StepString(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        var form = (StringForm)frame.Form!;
        var next = StringLexer.OfValues.Next(frame.Lexer, b);
        if (next == StringLexer.End)
        {
            if (frame.Count >= form.Least)
            {
                output.Add(frame.Parent!);
            }

            return;
        }

        var begins = frame.Lexer == StringLexer.Start ? 1 : 0;
        if (next >= 0 && (begins == 0 || form.Most is not { } most || frame.Count < most))
        {
            output.Add(Make(new(FrameKind.String, frame.Parent, form) { Lexer = next, Count = Math.Min(form.Counted, frame.Count + begins) }));
        }
    }

    private void StepNumber(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        var next = NumberLexer.Next(frame.Position, frame.Count, ((NumberForm)frame.Form!).IsInteger, b);
        if (next >= 0)
        {
            output.Add(Make(new(FrameKind.Number, frame.Parent, frame.Form) { Position = next, Count = Math.Min(NumberForm.MostCharacters, frame.Count + 1) }));
        }
        else if (NumberLexer.IsComplete(frame.Position))
        {
            Step(frame.Parent!, b, output);
        }
    }

    private void StepLiteral(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        var form = (LiteralForm)frame.Form!;
        var node = form.Texts.Child(frame.Position, b);
        if (node >= 0)
        {
            AddLiteral(form, node, frame.Parent!, output);
        }
        else if (form.Texts.Value(frame.Position) >= 0)
        {
            // Of the numbers 1 and 12, the first ends where something else follows.
            Step(frame.Parent!, b, output);
        }
    }

    private void AddLiteral(LiteralForm form, int node, ConstraintFrame parent, List<ConstraintFrame> output) =>
        output.Add(form.Texts.IsLeaf(node) ? parent : Make(new(FrameKind.Literal, parent, form) { Position = node }));

    private void StepObject(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        var form = (ObjectForm)frame.Form!;
        var levels = MostDepth - frame.Depth;
        var mayEnd = frame.Position != AfterComma && form.MayEnd(frame.Seen, frame.Count);
        if (b == '}')
        {
            if (mayEnd)
            {
                output.Add(frame.Parent!);
            }

            return;
        }

        var blanks = NextBlanks(frame.Blanks, b);
        if (blanks > 0)
        {
            if (frame.Position != AfterMember || mayEnd)
            {
                output.Add(With(frame, frame.Position, blanks));
            }

            return;
        }

        if (b != (frame.Position == AfterMember ? ',' : '"') || (frame.Position == AfterMember && frame.Blanks > 0))
        {
            return;
        }

        var others = form.AllowsOther(frame.Seen, frame.Count, levels);
        if (!others && form.NamesLeft(frame.Seen, frame.Count, levels) == 0)
        {
            return;
        }

        output.Add(frame.Position == AfterMember
            ? With(frame, AfterComma, 0)
            : Make(new(FrameKind.Name, frame.Parent, form)
            {
                Depth = frame.Depth,
                Seen = frame.Seen,
                Count = frame.Count,
                Others = frame.Others,
                Hash = others ? OtherNames.EmptyHash : 0,
            }));
    }

    private ConstraintFrame With(ConstraintFrame frame, int position, int blanks) => Make(new(FrameKind.Object, frame.Parent, frame.Form)
    {
        Depth = frame.Depth,
        Seen = frame.Seen,
        Count = frame.Count,
        Others = frame.Others,
        Position = position,
        Blanks = blanks,
    });

    private void StepName(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        var form = (ObjectForm)frame.Form!;
        var mayBeOther = frame.Hash != 0;
        var next = StringLexer.OfNames.Next(frame.Lexer, b);
        if (next == StringLexer.End)
        {
            EndName(frame, form, mayBeOther, output);
            return;
        }

        var node = frame.Position < 0 ? -1 : form.Names.Child(frame.Position, b);
        if (next < 0)
        {
            return;
        }

        if (!mayBeOther)
        {
            if (node >= 0 && (form.Names.Below(node) & form.NamesLeft(frame.Seen, frame.Count, MostDepth - frame.Depth)) != 0)
            {
                output.Add(NameFrame(frame, node, next, 0, 0));
            }

            return;
        }

        // Near the limit no escape begins, and the last byte does not make a name that is there already: it could not end.
        var hash = OtherNames.Extend(frame.Hash, b);
        var length = frame.Length + 1;
        var begins = frame.Lexer == StringLexer.Start;
        if ((begins && frame.Length >= ObjectForm.MostOtherBytes)
            || (begins && b == '\\' && frame.Length >= ObjectForm.MostOtherBytes - 8)
            || (next == StringLexer.Start && length >= ObjectForm.MostOtherBytes && OtherNames.Contains(frame.Others, hash)))
        {
            return;
        }

        output.Add(NameFrame(frame, node, next, hash, length));
    }

    private ConstraintFrame NameFrame(ConstraintFrame frame, int node, int lexer, ulong hash, int length) => Make(new(FrameKind.Name, frame.Parent, frame.Form)
    {
        Depth = frame.Depth,
        Seen = frame.Seen,
        Count = frame.Count,
        Others = frame.Others,
        Position = node,
        Lexer = lexer,
        Hash = hash,
        Length = length,
    });

    private void EndName(ConstraintFrame frame, ObjectForm form, bool mayBeOther, List<ConstraintFrame> output)
    {
        var name = frame.Position < 0 ? -1 : form.Names.Value(frame.Position);
        if (name >= 0)
        {
            if ((form.NamesLeft(frame.Seen, frame.Count, MostDepth - frame.Depth) >> name & 1) != 0)
            {
                output.Add(ColonFrame(frame, form, form.ShapeOf(name), frame.Seen | (UInt128.One << name), frame.Count, frame.Others));
            }
        }
        else if (mayBeOther && !OtherNames.Contains(frame.Others, frame.Hash))
        {
            output.Add(ColonFrame(frame, form, form.Others!, frame.Seen, frame.Count + 1, new OtherNames(frame.Hash, frame.Others)));
        }
    }

    private ConstraintFrame ColonFrame(ConstraintFrame frame, ObjectForm form, JsonShape shape, UInt128 seen, int count, OtherNames? others)
    {
        var after = Make(new(FrameKind.Object, frame.Parent, form) { Depth = frame.Depth, Seen = seen, Count = count, Others = others, Position = AfterMember });
        return Make(new(FrameKind.Colon, after, shape) { Depth = frame.Depth });
    }

    private void StepArray(ConstraintFrame frame, byte b, List<ConstraintFrame> output)
    {
        var form = (ArrayForm)frame.Form!;
        var mayEnd = form.MayEnd(frame.Count);
        if (b == ']')
        {
            if (mayEnd)
            {
                output.Add(frame.Parent!);
            }

            return;
        }

        // The item counts from its first byte on: what the frame behind it says holds once it has ended.
        var shape = form.ShapeAt(frame.Count) is { } item && item.Height <= MostDepth - frame.Depth ? item : null;
        var blanks = NextBlanks(frame.Blanks, b);
        if (blanks > 0)
        {
            if (mayEnd || (frame.Position == AfterOpening && shape is not null))
            {
                output.Add(ArrayFrame(frame, frame.Position, frame.Count, blanks));
            }
        }
        else if (shape is not null && frame.Position == AfterOpening)
        {
            StartValue(shape, ArrayFrame(frame, AfterMember, Next(form, frame.Count), 0), frame.Depth, b, output);
        }
        else if (shape is not null && b == ',' && frame.Blanks == 0)
        {
            output.Add(Make(new(FrameKind.Value, ArrayFrame(frame, AfterMember, Next(form, frame.Count), 0), shape) { Depth = frame.Depth, Position = AfterComma }));
        }
    }

    private static int Next(ArrayForm form, int count) => Math.Min(form.Counted, count + 1);

    private ConstraintFrame ArrayFrame(ConstraintFrame frame, int position, int count, int blanks) =>
        Make(new(FrameKind.Array, frame.Parent, frame.Form) { Depth = frame.Depth, Position = position, Count = count, Blanks = blanks });

    /// <summary>Blanks with one byte more: a space, or a line feed and then an indentation; 0 where the byte is none of them.</summary>
    private static int NextBlanks(int blanks, byte b) => b switch
    {
        (byte)' ' when blanks == 0 => OneSpace,
        (byte)'\n' when blanks == 0 => LineFeed,
        (byte)' ' or (byte)'\t' when blanks is >= LineFeed and < MostBlanks => blanks + 1,
        _ => 0,
    };
}
