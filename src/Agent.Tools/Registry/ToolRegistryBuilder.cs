using Agent.Core.Agents;
using Agent.Tools.Approval;
using Agent.Tools.Masking;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.Registry;

/// <summary>Collects tools files and functions and builds a <see cref="ToolRegistry"/>. Not thread-safe.</summary>
public sealed class ToolRegistryBuilder
{
    private readonly List<string> _paths = [];
    private readonly List<(string Text, string FileName)> _texts = [];
    private readonly List<(CreatedTool Tool, ToolLimits Limits)> _added = [];
    private readonly Dictionary<string, AIFunction> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Owner, string Fix)> _reserved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IToolKind> _kinds = ToolKinds.Default.ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    /// <summary>Makes the loggers of tools.</summary>
    /// <value>None.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock of time-outs, retries and circuit breakers.</summary>
    /// <value>The system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Looks up the variables of <c>${NAME}</c>.</summary>
    /// <value>The environment of the process.</value>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>
    /// Makes the handler of a tool's HTTP client; the argument says whether addresses that are not public may be reached.
    /// Replacing it takes over the protection of <see cref="GuardedHttpHandler"/>.
    /// </summary>
    /// <value><see cref="GuardedHttpHandler.Create(bool)"/>.</value>
    public Func<bool, HttpMessageHandler> CreateHttpHandler { get; init; } = GuardedHttpHandler.Create;

    /// <summary>Whether a tools file may declare tools of <c>kind: process</c>, which run programs of this machine.</summary>
    /// <value>false.</value>
    public bool AllowProcesses { get; init; }

    /// <summary>The files added so far, as they were named.</summary>
    internal IReadOnlyList<string> Files => _paths;

    /// <summary>Adds the tools of a file, which is read when the registry is built.</summary>
    public ToolRegistryBuilder AddFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _paths.Add(path);
        return this;
    }

    /// <summary>Adds the tools of a text in the form of a tools file.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="fileName">The name that messages give it.</param>
    public ToolRegistryBuilder AddText(string text, string fileName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        _texts.Add((text, fileName));
        return this;
    }

    /// <summary>Adds a function as a tool of its own, under its own name, with validation and limits as any other.</summary>
    /// <param name="function">The function.</param>
    /// <param name="limits">Its limits; the defaults of <see cref="ToolLimits"/> when null.</param>
    /// <param name="isIdempotent">Whether running a call twice does no harm, so that it may be retried.</param>
    /// <param name="effects">Whether calls change something: then the same call runs once in a run, and the ledger remembers it.</param>
    /// <param name="approval">When a person must agree; null for <see cref="ToolApproval.Always"/> where calls change something or the function is an <see cref="ApprovalRequiredAIFunction"/>, else <see cref="ToolApproval.Never"/>.</param>
    public ToolRegistryBuilder AddFunction(
        AIFunction function,
        ToolLimits? limits = null,
        bool isIdempotent = false,
        ToolEffects effects = ToolEffects.Read,
        ToolApproval? approval = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return AddFunction(new CreatedTool(function) { IsIdempotent = isIdempotent, Effects = effects, Approval = approval }, limits);
    }

    /// <summary>Adds a function as a tool of its own, with what is known of it.</summary>
    /// <param name="tool">The function, and what its calls do.</param>
    /// <param name="limits">Its limits; the defaults of <see cref="ToolLimits"/> when null.</param>
    public ToolRegistryBuilder AddFunction(CreatedTool tool, ToolLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(tool);
        _added.Add((tool, limits ?? new ToolLimits()));
        return this;
    }

    /// <summary>Makes a function available to <c>kind: function</c>; it is no tool until a file names it.</summary>
    /// <param name="name">The name that <c>options.function</c> gives.</param>
    /// <param name="function">The function.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public ToolRegistryBuilder Register(string name, AIFunction function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        if (!_functions.TryAdd(name, function))
        {
            throw new ArgumentException($"A function named \"{name}\" is registered already; choose another name.", nameof(name));
        }

        return this;
    }

    /// <summary>Makes a method available to <c>kind: function</c>, with its schema taken from the signature.</summary>
    /// <param name="name">The name that <c>options.function</c> gives.</param>
    /// <param name="method">The method.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public ToolRegistryBuilder Register(string name, Delegate method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return Register(name, AIFunctionFactory.Create(method, new AIFunctionFactoryOptions { Name = name }));
    }

    /// <summary>Adds a kind beside those of <see cref="ToolKinds.Default"/>.</summary>
    /// <param name="kind">The kind.</param>
    /// <exception cref="ArgumentException">A kind of that name is there.</exception>
    public ToolRegistryBuilder AddKind(IToolKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        if (!_kinds.TryAdd(kind.Name, kind))
        {
            throw new ArgumentException($"A kind named \"{kind.Name}\" is there already; choose another name.", nameof(kind));
        }

        return this;
    }

    /// <summary>Keeps a name for a tool that the application offers beside the registry; a tool of that name is a problem at its place.</summary>
    /// <param name="name">The name.</param>
    /// <param name="owner">What has it, in words for a message: <c>the search of passages</c>.</param>
    /// <param name="fix">What else to do than to rename the tool, as the end of a sentence: <c>set Agent:Retrieval:Use to Off</c>.</param>
    public ToolRegistryBuilder Reserve(string name, string owner, string fix)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentException.ThrowIfNullOrEmpty(fix);
        _reserved[name] = (owner, fix);
        return this;
    }

    /// <summary>Reads and checks every file, then makes the tools.</summary>
    /// <param name="cancellationToken">Stops a slow start.</param>
    /// <exception cref="ToolsFileException">Something is wrong; all problems of all files are listed, and nothing was started unless every file was right.</exception>
    /// <exception cref="ArgumentException">A function that C# code added has a schema that cannot be enforced, or a name that is taken.</exception>
    public async Task<ToolRegistry> BuildAsync(CancellationToken cancellationToken = default)
    {
        var problems = new ToolProblems();
        var resources = new List<object>();
        try
        {
            var prepared = Read(problems, resources, out var mask);

            // What is ready is checked before anything is started, so that its problems come with those of the files.
            await AssembleAsync(prepared.Where(entry => entry.Source is ReadyToolSource), mask, problems, cancellationToken).ConfigureAwait(false);
            var assembly = await AssembleAsync(prepared, mask, problems, cancellationToken).ConfigureAwait(false);
            foreach (var (tool, limits) in _added)
            {
                assembly.Add(tool, limits);
            }

            return new ToolRegistry(assembly.Tools, mask, resources);
        }
        catch
        {
            await ToolRegistry.DisposeAllAsync(resources).ConfigureAwait(false);
            throw;
        }
    }

    private List<(ToolDefinition Definition, IToolSource Source)> Read(ToolProblems problems, List<object> resources, out SecretMask mask)
    {
        var files = _paths.Select(path => ToolsFile.Load(path, problems))
            .Concat(_texts.Select(text => ToolsFile.Parse(text.Text, text.FileName, problems)))
            .ToList();
        mask = SecretMask.Combine(files.Select(file => file.Mask));
        var context = new ToolKindContext(problems, LoggerFactory, TimeProvider, Environment, CreateHttpHandler, _functions, resources) { AllowProcesses = AllowProcesses };
        var prepared = new List<(ToolDefinition, IToolSource)>();
        foreach (var (definition, isRejected) in files.SelectMany(file => file.Tools.Select(tool => (tool, false)).Concat(file.Rejected.Select(tool => (tool, true)))))
        {
            // Checked here too, since an entry with other problems never comes to be assembled.
            ToolAssembly.CheckParameters(definition, problems);
            if (!_kinds.TryGetValue(definition.Kind, out var kind))
            {
                problems.Add(definition.KindPosition, $"unknown kind \"{definition.Kind}\" in tool \"{definition.Name}\"", Suggestion.For(definition.Kind, _kinds.Keys, "Known kinds"));
            }
            else if (kind.Read(definition, context) is { } source && !isRejected)
            {
                prepared.Add((definition, source));
            }
        }

        return prepared;
    }

    private async ValueTask<ToolAssembly> AssembleAsync(
        IEnumerable<(ToolDefinition Definition, IToolSource Source)> prepared,
        SecretMask mask,
        ToolProblems problems,
        CancellationToken cancellationToken)
    {
        var assembly = new ToolAssembly(mask, TimeProvider, LoggerFactory.CreateLogger<RegisteredTool>(), problems, _reserved);
        foreach (var (definition, source) in prepared)
        {
            await OpenAsync(definition, source, assembly, problems, cancellationToken).ConfigureAwait(false);
        }

        problems.ThrowIfAny();
        return assembly;
    }

    private static async ValueTask OpenAsync(
        ToolDefinition definition,
        IToolSource source,
        ToolAssembly assembly,
        ToolProblems problems,
        CancellationToken cancellationToken)
    {
        try
        {
            foreach (var tool in await source.OpenAsync(cancellationToken).ConfigureAwait(false))
            {
                assembly.Add(tool, definition);
            }
        }
        catch (ToolException exception)
        {
            problems.Add(definition.Position, $"tool \"{definition.Name}\" cannot start", exception.Message);
        }
    }
}
