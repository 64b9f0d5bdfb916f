namespace FlyMQ.Broker.Network;

/// <summary>What clients say they are (KIP-511), with how many connections; <c>unknown</c> where they say nothing.</summary>
public sealed record ClientSoftware(string Name, string Version, int Connections);
