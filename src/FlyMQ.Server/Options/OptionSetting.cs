namespace FlyMQ.Server.Options;

/// <summary>A value that a source gives to a key.</summary>
internal sealed record OptionSetting(OptionKey Key, string Text, string Source);
