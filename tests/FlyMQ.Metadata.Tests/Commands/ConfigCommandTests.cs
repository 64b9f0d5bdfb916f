using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Tests.Commands;

public sealed class ConfigCommandTests
{
    private readonly Some _some = new();
    private ClusterImage _image;

    public ConfigCommandTests() => _image = Some.Apply(ClusterImage.Empty, _some.Broker(1), _some.Topic("t", [1]));

    private CommandResult Alter(ConfigResource resource, bool replaceAll, params ConfigEntryChange[] entries)
    {
        var (image, result) = MetadataStateMachine.Apply(_image, new AlterConfigs(_some.Id(), [new ConfigChange(resource, replaceAll, [.. entries])]));
        _image = image;
        return result;
    }

    private static ConfigEntryChange Entry(string key, ConfigOperation operation, string? value, string? listDefault = null) =>
        new(key, operation, value, listDefault);

    [Fact]
    public void Set_delete_append_and_subtract_work_as_in_KIP_339()
    {
        var topic = ConfigResource.Topic("t");
        Alter(topic, false, Entry("cleanup.policy", ConfigOperation.Append, "compact", "delete"), Entry("retention.ms", ConfigOperation.Set, "5"));
        Assert.Equal(Some.Configs(("cleanup.policy", "delete,compact"), ("retention.ms", "5")), _image.ConfigsOf(topic));

        Alter(topic, false, Entry("cleanup.policy", ConfigOperation.Append, "compact", "delete"), Entry("retention.ms", ConfigOperation.Delete, null));
        Assert.Equal(Some.Configs(("cleanup.policy", "delete,compact")), _image.ConfigsOf(topic));

        Alter(topic, false, Entry("cleanup.policy", ConfigOperation.Subtract, "delete", "delete"));
        Assert.Equal(Some.Configs(("cleanup.policy", "compact")), _image.ConfigsOf(topic));

        Alter(topic, true, Entry("segment.ms", ConfigOperation.Set, "7"));
        Assert.Equal(Some.Configs(("segment.ms", "7")), _image.ConfigsOf(topic));
    }

    [Fact]
    public void Overrides_of_brokers_and_groups_live_beside_the_topics_and_go_when_empty()
    {
        var group = new ConfigResource(ConfigResourceType.Group, "g");
        Alter(ConfigResource.AllBrokers, false, Entry("log.retention.ms", ConfigOperation.Set, "5"));
        Alter(group, false, Entry("consumer.session.timeout.ms", ConfigOperation.Set, "6"));
        Assert.Equal(2, _image.Configs.Count);

        Alter(group, false, Entry("consumer.session.timeout.ms", ConfigOperation.Delete, null));
        Assert.Equal([ConfigResource.AllBrokers], _image.Configs.Keys);
    }

    [Fact]
    public void A_topic_that_is_gone_has_no_configuration()
    {
        var result = Alter(ConfigResource.Topic("gone"), false, Entry("retention.ms", ConfigOperation.Set, "5"));

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, result.Items[0].Error);
    }
}
