using System.Text;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>
/// One turn of a model: free text in which every tool call follows its schema, or an answer that is one JSON value.
/// </summary>
/// <remarks>
/// A call begins with the added token that opens it and ends with the one that closes it. Where an answer of JSON is wanted, calls may
/// come first, and nothing but calls follows them.
/// </remarks>
internal sealed class TurnConstraint : ITokenConstraint
{
    private readonly TokenVocabulary _vocabulary;
    private readonly ConstraintAutomaton? _calls;
    private readonly ConstraintAutomaton? _answer;
    private readonly int _openTag;
    private readonly int _closeTag;
    private readonly TokenMask? _callOrAnswer;
    private readonly TokenMask? _callOrEnd;
    private readonly TokenMask? _onlyCall;
    private Phase _phase;
    private ConstraintState? _state;
    private int _seen;

    /// <summary>Creates the constraint of a turn.</summary>
    /// <param name="vocabulary">The vocabulary of the model.</param>
    /// <param name="calls">Its tool calls; null where there are none.</param>
    /// <param name="tags">The tokens that open and close a call.</param>
    /// <param name="answer">The answer; null for free text.</param>
    /// <param name="begun">What stands of a call at the end of the prompt, from behind the opening tag; null where none does.</param>
    public TurnConstraint(TokenVocabulary vocabulary, ConstraintAutomaton? calls, (int Open, int Close) tags, ConstraintAutomaton? answer, string? begun)
    {
        _vocabulary = vocabulary;
        _calls = calls;
        _answer = answer;
        (_openTag, _closeTag) = tags;
        if (answer is not null && calls is not null)
        {
            _onlyCall = TokenMask.Of([_openTag], vocabulary.Size);
            _callOrAnswer = TokenMask.Union(answer.GetMask(answer.Start), _onlyCall, vocabulary.Size);
            int[] ends = [_openTag, .. vocabulary.EndTokens, .. vocabulary.FindTokens("\n"u8)];
            _callOrEnd = TokenMask.Of([.. ends.Order()], vocabulary.Size);
        }

        if (begun is not null && calls is not null)
        {
            _phase = Phase.Call;
            _state = calls.Next(calls.Start, Encoding.UTF8.GetBytes(begun));
        }
        else if (answer is not null)
        {
            _phase = calls is null ? Phase.Answer : Phase.CallOrAnswer;
            _state = answer.Start;
        }
    }

    private enum Phase
    {
        /// <summary>Anything may come.</summary>
        Free,

        /// <summary>In a call.</summary>
        Call,

        /// <summary>Nothing has come yet; a call or the answer is due.</summary>
        CallOrAnswer,

        /// <summary>In the answer.</summary>
        Answer,

        /// <summary>After a call where free text may not follow.</summary>
        CallOrEnd,

        /// <summary>The same, after a line feed.</summary>
        OnlyCall,
    }

    /// <inheritdoc/>
    public ITokenConstraint Begin() => (ITokenConstraint)MemberwiseClone();

    /// <inheritdoc/>
    public TokenMask? Next(ReadOnlySpan<int> tokens, int promptLength)
    {
        for (_seen = Math.Max(_seen, promptLength); _seen < tokens.Length; _seen++)
        {
            Take(tokens[_seen]);
        }

        var mask = _phase switch
        {
            Phase.Free => null,
            Phase.Call => _calls!.GetMask(_state!),
            Phase.CallOrAnswer => _callOrAnswer,
            Phase.Answer => _answer!.GetMask(_state!),
            Phase.CallOrEnd => _callOrEnd,
            _ => _onlyCall,
        };
        return mask is { IsEmpty: true } ? throw ConstraintException.NoToken() : mask;
    }

    /// <inheritdoc/>
    public bool IsFree(ReadOnlySpan<int> tokens, int promptLength) =>
        _phase == Phase.Free && (_calls is null || !tokens[Math.Min(Math.Max(_seen, promptLength), tokens.Length)..].Contains(_openTag));

    /// <inheritdoc/>
    public ReadOnlySpan<int> Foresee(ReadOnlySpan<int> tokens, int promptLength)
    {
        var (phase, state) = (_phase, _state);
        for (var i = Math.Max(_seen, promptLength); i < tokens.Length; i++)
        {
            (phase, state) = Behind(phase, state, tokens[i]);
        }

        return phase switch
        {
            Phase.Call => _calls!.GetForeseen(state!),
            Phase.Answer => _answer!.GetForeseen(state!),
            _ => [],
        };
    }

    private void Take(int token)
    {
        (_phase, _state) = Behind(_phase, _state, token);
        if (_phase is Phase.Call or Phase.Answer && _state!.IsDead)
        {
            throw ConstraintException.Left();
        }
    }

    /// <summary>Where a token leads; to a dead state where it cannot stand.</summary>
    private (Phase Phase, ConstraintState? State) Behind(Phase phase, ConstraintState? state, int token)
    {
        if (token == _openTag && _calls is not null && phase is not (Phase.Call or Phase.Answer))
        {
            return (Phase.Call, _calls.Start);
        }

        return phase switch
        {
            Phase.Free => (phase, state),
            Phase.Call when token == _closeTag && state!.IsComplete => (_answer is null ? Phase.Free : Phase.CallOrEnd, state),
            Phase.Call => (phase, Advance(_calls!, state!, token)),
            Phase.CallOrEnd => (Phase.OnlyCall, state),
            _ => (Phase.Answer, Advance(_answer!, state!, token)),
        };
    }

    private ConstraintState Advance(ConstraintAutomaton automaton, ConstraintState state, int token)
    {
        var bytes = _vocabulary.GetBytes(token);
        return bytes.IsEmpty ? automaton.Dead : automaton.Next(state, bytes);
    }
}
