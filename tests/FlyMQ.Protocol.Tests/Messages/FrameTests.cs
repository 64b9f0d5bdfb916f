using System.Buffers;
using System.Buffers.Binary;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Configs;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Messages.Transactions;
using FlyMQ.Protocol.Wire;
using FlyMQ.Records;

namespace FlyMQ.Protocol.Tests.Messages;

public sealed class FrameTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public void A_request_frame_comes_back(short version)
    {
        var output = new ArrayBufferWriter<byte>();
        Frame.WriteRequest(output, version, 7, "client", new MetadataRequest { Topics = [new() { Name = "orders" }] });

        var frame = WithoutSize(output);
        var reader = new WireReader(frame);
        var header = RequestHeader.Read(ref reader);
        var request = Frame.ReadRequestBody<MetadataRequest, MetadataResponse>(ref reader, header.ApiVersion);

        Assert.Equal(new RequestHeader(ApiKey.Metadata, version, 7, "client"), header);
        Assert.Equal("orders", Assert.Single(request.Topics!).Name);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public void A_response_frame_comes_back(short version)
    {
        var output = new ArrayBufferWriter<byte>();
        Frame.WriteResponse(output, ApiTable.Metadata, version, 7, new MetadataResponse { ClusterId = "c" });

        var response = Frame.ReadResponse<MetadataResponse>(WithoutSize(output), version, out var correlationId);

        Assert.Equal((7, "c"), (correlationId, response.ClusterId));
    }

    // KIP-511: a client that speaks a version we do not know must be able to read what we do know.
    [Fact]
    public void The_answer_to_ApiVersions_has_no_tags_in_its_header_in_any_version() =>
        Assert.All(Enumerable.Range(0, 10), version => Assert.Equal(0, ApiTable.ApiVersions.ResponseHeaderVersion((short)version)));

    [Fact]
    public void The_header_of_an_unknown_version_is_still_read()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        new RequestHeader(ApiKey.ApiVersions, 99, 5, "newer").Write(ref writer, 2);
        writer.Flush();

        var reader = new WireReader(output.WrittenMemory);
        Assert.Equal(new RequestHeader(ApiKey.ApiVersions, 99, 5, "newer"), RequestHeader.Read(ref reader));
    }

    [Fact]
    public void An_unknown_api_is_named_by_its_fixed_part()
    {
        var reader = new WireReader(Convert.FromHexString("7fff000100000003fffe"));
        Assert.Equal(new RequestHeader((ApiKey)0x7fff, 1, 3, null), RequestHeader.Read(ref reader));
        Assert.Null(ApiTable.Find((ApiKey)0x7fff));
        Assert.Null(ApiTable.Find((ApiKey)(-1)));
    }

    [Fact]
    public void The_table_has_every_api_once_with_its_versions()
    {
        Assert.Equal(ApiTable.All.Count, ApiTable.All.Select(a => a.Key).Distinct().Count());
        Assert.All(ApiTable.All, api => Assert.Same(api, ApiTable.Find(api.Key)));
        Assert.Equal(new ApiDescription(ApiKey.Fetch, new(0, 18), new(0, 18), 12), ApiTable.Fetch);
        Assert.Same(ApiTable.Fetch, FetchRequest.Api);
        Assert.Same(ApiTable.Fetch, FetchResponse.Api);
    }

    [Fact]
    public void A_version_that_Kafka_calls_unstable_is_declared_and_not_advertised() =>
        Assert.Equal((new VersionRange(0, 6), new VersionRange(0, 5)), (InitProducerIdRequest.Api.Versions, InitProducerIdRequest.Api.StableVersions));

    [Fact]
    public void A_request_that_its_version_cannot_say_is_refused_with_field_and_version()
    {
        var request = new DescribeConfigsRequest { IncludeDocumentation = true };
        var e = Assert.Throws<UnsupportedFieldException>(() => Frame.WriteRequest(new ArrayBufferWriter<byte>(), 2, 1, null, request));
        Assert.Contains("DescribeConfigsRequest.IncludeDocumentation", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disposing_a_fetch_response_gives_back_every_source_once()
    {
        var sources = Enumerable.Range(0, 3).Select(_ => new CountingSource()).ToArray();
        var response = new FetchResponse
        {
            Responses =
            {
                new() { Partitions = { new() { Records = sources[0] }, new(), new() { Records = sources[1] } } },
                new() { Partitions = { new() { Records = sources[2] } } },
            },
        };

        response.Dispose();
        response.Dispose();

        Assert.All(sources, s => Assert.Equal(1, s.Disposed));
    }

    [Fact]
    public void Records_of_a_fetch_are_read_by_a_client_as_they_were_given()
    {
        var batch = new byte[] { 1, 2, 3, 4, 5 };
        var sent = new FetchResponse { Responses = { new() { Partitions = { new() { Records = new SequenceRecordsSource(new(batch)) } } } } };
        var output = new ArrayBufferWriter<byte>();
        Frame.WriteResponse(output, ApiTable.Fetch, 17, 1, sent);

        var received = Frame.ReadResponse<FetchResponse>(WithoutSize(output), 17, out _);

        var records = Assert.IsType<SequenceRecordsSource>(received.Responses[0].Partitions[0].Records);
        Assert.Equal(batch, records.Records.ToArray());
    }

    private static ReadOnlySequence<byte> WithoutSize(ArrayBufferWriter<byte> output)
    {
        Assert.Equal(output.WrittenCount - Frame.SizePrefix, BinaryPrimitives.ReadInt32BigEndian(output.WrittenSpan));
        return new ReadOnlySequence<byte>(output.WrittenMemory[Frame.SizePrefix..]);
    }

    private sealed class CountingSource : IRecordsSource
    {
        public int Disposed { get; private set; }

        public int Length => 0;

        public void CopyTo(IBufferWriter<byte> destination)
        {
        }

        public void Dispose() => Disposed++;
    }
}
