using System.Buffers;
using System.Reflection;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Tests.Layouts;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Tests.Messages;

/// <summary>The generated reader and writer of one message, reachable without its type.</summary>
internal sealed class MessageCodec
{
    private delegate IWireMessage Reader(ref WireReader reader, short version);

    private readonly Reader read;

    private MessageCodec(Type type, Reader read, VersionRange versions)
    {
        Type = type;
        this.read = read;
        Versions = versions;
        Layout = DeclaredLayouts.Of(type);
    }

    public Type Type { get; }

    /// <summary>As the generated code says them.</summary>
    public VersionRange Versions { get; }

    public MessageLayout Layout { get; }

    public static IReadOnlyDictionary<string, MessageCodec> All { get; } = typeof(ApiTable).Assembly.GetTypes()
        .Where(t => t.IsClass && t.IsAssignableTo(typeof(IWireMessage)))
        .ToDictionary(t => t.Name, Create);

    /// <summary>Case rows for theories over every message.</summary>
    public static TheoryData<string> Names => new(All.Keys.Order(StringComparer.Ordinal));

    public IWireMessage New() => (IWireMessage)Activator.CreateInstance(Type)!;

    /// <summary>Reads all of the bytes, as a dispatcher does.</summary>
    public IWireMessage Read(in ReadOnlySequence<byte> bytes, short version)
    {
        var reader = new WireReader(bytes);
        var message = read(ref reader, version);
        reader.RequireEnd(Type.Name);
        return message;
    }

    public IWireMessage Read(byte[] bytes, short version) => Read(new ReadOnlySequence<byte>(bytes), version);

    public static byte[] Write(IWireMessage message, short version)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(buffer);
        message.Write(ref writer, version);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static MessageCodec Create(Type type)
    {
        var pattern = type.GetInterfaces().First(i => i.IsGenericType);
        var factory = pattern.Name switch
        {
            "IRequestMessage`2" => nameof(Request),
            "IResponseMessage`1" => nameof(Response),
            _ => nameof(Data),
        };
        return (MessageCodec)typeof(MessageCodec).GetMethod(factory, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(pattern.GetGenericArguments()).Invoke(null, null)!;
    }

    private static MessageCodec Request<TRequest, TResponse>()
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse> =>
        new(typeof(TRequest), TRequest.Read, TRequest.Api.Versions);

    private static MessageCodec Response<TResponse>()
        where TResponse : class, IResponseMessage<TResponse> =>
        new(typeof(TResponse), TResponse.Read, TResponse.Api.Versions);

    private static MessageCodec Data<TData>()
        where TData : class, IVersionedData<TData> =>
        new(typeof(TData), TData.Read, TData.Versions);
}
