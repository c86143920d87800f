namespace Agent.Host.Composition;

/// <summary>What a starting agent is doing.</summary>
internal enum AgentLoadStage
{
    /// <summary>Reading the tool file and the prompts.</summary>
    Definitions,

    /// <summary>Choosing and loading llama.cpp.</summary>
    Library,

    /// <summary>Checking and loading the model file.</summary>
    Model,

    /// <summary>Reserving the context and computing a first token.</summary>
    Engine,
}
