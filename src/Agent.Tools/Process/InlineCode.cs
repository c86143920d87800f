namespace Agent.Tools.Process;

/// <summary>
/// Finds arguments of a call that an interpreter would run as a program: <c>sh -c "... {name}"</c>. No quoting makes that safe,
/// as the value stands inside code. For one list of items.
/// </summary>
internal sealed class InlineCode
{
    private const string CommandOption = "command";
    private const string EncodedOption = "encodedcommand";
    private const string WithArgumentsOption = "commandwithargs";
    private const string FileOption = "file";

    private Interpreter? _interpreter;

    // The next item is code; of a shell: the next that is no option.
    private bool _codeComes;

    // All that follows is code.
    private bool _allIsCode;

    // The file or the code was seen: what follows are its arguments.
    private bool _ended;

    // Items that options before them take.
    private int _taken;

    // An option that this does not know may take the next item.
    private bool _mayBeTaken;

    private InlineCode(string command) => Begin(Interpreter.Of(command));

    /// <summary>The first item with a placeholder that would be run, or null.</summary>
    /// <param name="command">The program.</param>
    /// <param name="items">Its arguments; an interpreter may stand among them, as behind env or nice.</param>
    internal static ArgumentItem? Find(string command, IReadOnlyList<ArgumentItem> items)
    {
        var reader = new InlineCode(command);
        foreach (var item in items)
        {
            if (item.Literal is not { } literal)
            {
                if (reader.RunsValue(item.Prefix))
                {
                    return item;
                }
            }
            else
            {
                reader.Read(literal);
            }
        }

        return null;
    }

    private void Begin(Interpreter? interpreter)
    {
        _interpreter = interpreter;
        (_codeComes, _ended, _taken, _mayBeTaken) = (false, false, 0, false);
        _allIsCode = interpreter?.Style == InterpreterStyle.CommandInterpreter;
    }

    /// <summary>Whether an item with a value in it would be run.</summary>
    /// <param name="prefix">What stands before the value.</param>
    private bool RunsValue(string prefix)
    {
        if (_allIsCode)
        {
            return true;
        }

        if (_interpreter is not { } interpreter || _ended)
        {
            return false;
        }

        if (_taken > 0)
        {
            _taken--;
            return false;
        }

        if (_codeComes || interpreter.TakesCodeByDefault || IsJoinedToCode(interpreter, prefix))
        {
            return true;
        }

        if (!prefix.StartsWith('-'))
        {
            End();
        }

        return false;
    }

    private void Read(string literal)
    {
        if (_allIsCode)
        {
            return;
        }

        var isOption = literal.Length > 1 && (literal[0] == '-' || (literal[0] == '+' && _interpreter?.Style == InterpreterStyle.Shell));
        if (_interpreter?.Style == InterpreterStyle.PowerShell && !_ended)
        {
            ReadPowerShell(literal);
        }
        else if (_codeComes && (!isOption || _interpreter!.Style != InterpreterStyle.Shell) && _taken == 0)
        {
            // Perl and Ruby read more options behind code, and more code; of others, only arguments follow.
            _codeComes = false;
            _ended = _interpreter!.Style == InterpreterStyle.Shell;
        }
        else if (_interpreter is { } interpreter && isOption && !_ended)
        {
            ReadOption(interpreter, literal);
        }
        else if (Interpreter.Of(literal) is { } other)
        {
            Begin(other);
        }
        else if (_taken > 0)
        {
            _taken--;
        }
        else
        {
            End();
        }
    }

    private void ReadOption(Interpreter interpreter, string literal)
    {
        _mayBeTaken = false;
        var isJoined = literal.Contains('=', StringComparison.Ordinal);
        if (literal == "--")
        {
            // Of a shell, the code may be still to come.
            _ended = !_codeComes;
        }
        else if (interpreter.CodeNames.Contains(literal, StringComparer.Ordinal))
        {
            _codeComes = true;
        }
        else if (literal.StartsWith("--", StringComparison.Ordinal))
        {
            _mayBeTaken = !isJoined;
        }
        else if (interpreter.Style == InterpreterStyle.Shell)
        {
            _codeComes |= literal[0] == '-' && interpreter.CodeLetters.Any(literal.Contains);
            _taken += literal.Count(interpreter.ArgumentLetters.Contains);
        }
        else
        {
            ReadLetters(interpreter, literal);
        }
    }

    private void ReadLetters(Interpreter interpreter, string literal)
    {
        for (var i = 1; i < literal.Length; i++)
        {
            var isLast = i == literal.Length - 1;
            if (interpreter.CodeLetters.Contains(literal[i], StringComparison.Ordinal))
            {
                _codeComes = isLast;
                return;
            }

            if (interpreter.ArgumentLetters.Contains(literal[i], StringComparison.Ordinal))
            {
                _taken = isLast ? 1 : 0;
                return;
            }

            if (interpreter.AttachedLetters.Contains(literal[i], StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    private static bool IsJoinedToCode(Interpreter interpreter, string prefix)
    {
        if (interpreter.CodeNames.Any(name => prefix.StartsWith($"{name}=", StringComparison.Ordinal)))
        {
            return true;
        }

        if (interpreter.Style != InterpreterStyle.Letters || !prefix.StartsWith('-') || prefix.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        var taking = prefix.AsSpan(1).IndexOfAny(interpreter.ArgumentLetters + interpreter.AttachedLetters);
        var code = prefix.AsSpan(1).IndexOfAny(interpreter.CodeLetters);
        return code >= 0 && (taking < 0 || code < taking);
    }

    private void ReadPowerShell(string literal)
    {
        // Any dash will do there, one or two, and a slash too.
        if (literal.Length > 1 && literal[0] is '-' or '/' or '\u2013' or '\u2014' or '\u2015')
        {
            var name = literal[(literal[1] == '-' ? 2 : 1)..].ToLowerInvariant();
            _allIsCode = name is "cwa" or "ec" || (name.Length > 0 && (CommandOption.StartsWith(name, StringComparison.Ordinal)
                || EncodedOption.StartsWith(name, StringComparison.Ordinal) || WithArgumentsOption.StartsWith(name, StringComparison.Ordinal)));
            _ended = name.Length > 0 && FileOption.StartsWith(name, StringComparison.Ordinal);
            _mayBeTaken = !_ended;
        }
        else if (_mayBeTaken)
        {
            _mayBeTaken = false;
        }
        else
        {
            _allIsCode = _interpreter!.TakesCodeByDefault;
            _ended = !_allIsCode;
        }
    }

    /// <summary>What is no option was seen: the file, or what an option takes.</summary>
    private void End()
    {
        _ended |= !_mayBeTaken && _interpreter?.ReadsOptionsToTheEnd == false;
        _mayBeTaken = false;
    }
}
