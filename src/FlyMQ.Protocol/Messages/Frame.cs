using System.Buffers;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>Whole frames: four bytes of size, a header, a message. The reading sides take the frame without its size.</summary>
public static class Frame
{
    /// <summary>Bytes of the size that precedes a frame and does not count itself.</summary>
    public const int SizePrefix = sizeof(int);

    /// <exception cref="UnsupportedFieldException">The version cannot say what the request says.</exception>
    public static void WriteRequest<TRequest, TResponse>(
        IBufferWriter<byte> output, short version, int correlationId, string? clientId, IRequestMessage<TRequest, TResponse> request)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        var headerVersion = TRequest.Api.RequestHeaderVersion(version);
        var header = new RequestHeader(TRequest.Api.Key, version, correlationId, clientId);
        var writer = new WireWriter(output);
        writer.WriteInt32(checked(header.Size(headerVersion) + request.Size(version)));
        header.Write(ref writer, headerVersion);
        request.Write(ref writer, version);
        writer.Flush();
    }

    /// <exception cref="IOException">Records could not be read; the output holds half a frame and must not be sent on.</exception>
    public static void WriteResponse(IBufferWriter<byte> output, ApiDescription api, short version, int correlationId, IResponseMessage response)
    {
        var headerVersion = api.ResponseHeaderVersion(version);
        var writer = new WireWriter(output);
        writer.WriteInt32(checked(ResponseHeader.Size(headerVersion) + response.Size(version)));
        new ResponseHeader(correlationId).Write(ref writer, headerVersion);
        response.Write(ref writer, version);
        writer.Flush();
    }

    /// <summary>
    /// The body of a request whose header has been read. Bytes after it are passed over, as Kafka does: librdkafka leaves three behind a Metadata request
    /// for all topics.
    /// </summary>
    /// <exception cref="MalformedMessageException">The bytes are not this request.</exception>
    public static TRequest ReadRequestBody<TRequest, TResponse>(ref WireReader reader, short version)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        return TRequest.Read(ref reader, version);
    }

    /// <param name="frame">Must outlive the response where that holds records.</param>
    /// <exception cref="MalformedMessageException">The bytes are not this response, or do not end with it.</exception>
    public static TResponse ReadResponse<TResponse>(in ReadOnlySequence<byte> frame, short version, out int correlationId)
        where TResponse : class, IResponseMessage<TResponse>
    {
        var reader = new WireReader(frame);
        correlationId = ResponseHeader.Read(ref reader, TResponse.Api.ResponseHeaderVersion(version)).CorrelationId;
        var response = TResponse.Read(ref reader, version);
        reader.RequireEnd(TResponse.Api.Name);
        return response;
    }
}
