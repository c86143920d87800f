namespace Agent.Tools.Process;

/// <summary>How an interpreter reads its options.</summary>
internal enum InterpreterStyle
{
    /// <summary>Letters that may share one dash; the last one takes what follows.</summary>
    Letters,

    /// <summary>As POSIX shells do: <c>-c</c> stands anywhere among the letters, and the code is the first item behind all options.</summary>
    Shell,

    /// <summary>Words that may be cut, in any case; all that follows <c>-Command</c> is code.</summary>
    PowerShell,

    /// <summary>All that follows is code, whatever the quotes.</summary>
    CommandInterpreter,
}
