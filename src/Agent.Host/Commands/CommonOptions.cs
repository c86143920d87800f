using System.CommandLine;

namespace Agent.Host.Commands;

/// <summary>The options that every command takes.</summary>
internal static class CommonOptions
{
    private static readonly Option<string> Model = new("--model")
    {
        Description = "The model, a GGUF file (Agent:Model:Path).",
        HelpName = "PATH",
        Recursive = true,
    };

    private static readonly Option<string> Tools = new("--tools")
    {
        Description = "The tool file (Agent:Tools:File).",
        HelpName = "FILE",
        Recursive = true,
    };

    private static readonly Option<bool> AllowProcesses = new("--allow-processes")
    {
        Description = "Let the tool file run programs of this machine (Agent:Tools:AllowProcesses).",
        Recursive = true,
    };

    private static readonly Option<string> Prompt = new("--prompt")
    {
        Description = "The prompt, a name in the prompt folder (Agent:Prompt:Name).",
        HelpName = "NAME",
        Recursive = true,
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Write JSON to standard output; for ask and chat one event a line.",
        Recursive = true,
    };

    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Log to standard error, and show stack traces.",
        Recursive = true,
    };

    /// <summary>Adds them to the root command.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Add(Model);
        root.Add(Tools);
        root.Add(AllowProcesses);
        root.Add(Prompt);
        root.Add(Json);
        root.Add(Verbose);
    }

    /// <summary>Whether <c>--json</c> was given.</summary>
    public static bool IsJson(ParseResult parsed) => parsed.GetValue(Json);

    /// <summary>Makes <c>--json</c> an error of a command whose standard output belongs to a protocol.</summary>
    public static void RefuseJson(Command command) => command.Validators.Add(result =>
    {
        if (result.GetValue(Json))
        {
            result.AddError($"'{command.Name}' takes no --json: its standard output carries protocol messages only. Remove the option.");
        }
    });

    /// <summary>Whether <c>--verbose</c> was given.</summary>
    public static bool IsVerbose(ParseResult parsed) => parsed.GetValue(Verbose);

    /// <summary>The settings that options give: key, value and the option's name.</summary>
    public static IEnumerable<(string Key, string Value, string Option)> Settings(ParseResult parsed)
    {
        (Option<string> Option, string Key)[] options = [(Model, "Agent:Model:Path"), (Tools, "Agent:Tools:File"), (Prompt, "Agent:Prompt:Name")];
        foreach (var (option, key) in options)
        {
            if (parsed.GetValue(option) is { } value)
            {
                yield return (key, value, option.Name);
            }
        }

        if (parsed.GetValue(AllowProcesses))
        {
            yield return ("Agent:Tools:AllowProcesses", bool.TrueString, AllowProcesses.Name);
        }
    }
}
