namespace Agent.Host.Configuration;

/// <summary>A source of settings that can say in words where a value stands.</summary>
internal interface ISettingSource
{
    /// <summary>Where the value of a key stands, for example <c>environment variable Agent__Engine__Threads</c>.</summary>
    string Describe(string key);
}
