namespace Agent.Core.Inference;

/// <summary>A token that stands for a fixed literal outside the ordinary merges of the vocabulary.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its literal, for example <c>&lt;tool_call&gt;</c>.</param>
/// <param name="IsControl">True for control tokens, which plain encoding never yields; false for user-defined ones, which it may.</param>
public sealed record AddedToken(int Id, string Text, bool IsControl);
