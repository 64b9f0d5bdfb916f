namespace FlyMQ.Protocol.Messages;

/// <summary>Declares a response. Its API and its versions are those of the request of the same name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ApiResponseAttribute : Attribute;
