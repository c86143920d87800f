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

    private void Take(int token)
    {
        if (token == _openTag && _calls is not null && _phase is not (Phase.Call or Phase.Answer))
        {
            _phase = Phase.Call;
            _state = _calls.Start;
            return;
        }

        switch (_phase)
        {
            case Phase.Free:
                break;
            case Phase.Call when token == _closeTag && _state!.IsComplete:
                _phase = _answer is null ? Phase.Free : Phase.CallOrEnd;
                break;
            case Phase.Call:
                Advance(_calls!, token);
                break;
            case Phase.CallOrEnd:
                _phase = Phase.OnlyCall;
                break;
            default:
                _phase = Phase.Answer;
                Advance(_answer!, token);
                break;
        }
    }

    private void Advance(ConstraintAutomaton automaton, int token)
    {
        var bytes = _vocabulary.GetBytes(token);
        _state = automaton.Next(_state!, bytes);
        if (_state.IsDead || bytes.IsEmpty)
        {
            throw ConstraintException.Left();
        }
    }
}
