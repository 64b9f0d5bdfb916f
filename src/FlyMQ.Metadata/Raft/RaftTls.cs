using System.Net.Security;

namespace FlyMQ.Metadata.Raft;

/// <summary>Both sides of a node's mutual TLS: what it shows to those who connect, and how it connects itself.</summary>
public sealed record RaftTls(SslServerAuthenticationOptions Server, SslClientAuthenticationOptions Client);
