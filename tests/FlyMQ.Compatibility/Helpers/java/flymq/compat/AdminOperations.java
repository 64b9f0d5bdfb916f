package flymq.compat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Topics, configs, offsets and groups through Admin. */
final class AdminOperations {
    private Admin admin;

    AdminOperations(Map<String, Helper.Operation> operations) {
        operations.put("createTopic", this::createTopic);
        operations.put("deleteTopic", r -> done(admin(r).deleteTopics(List.of(topic(r))).all()));
        operations.put("listTopics", r -> strings(admin(r).listTopics().names().get()));
        operations.put("countPartitions", r -> Helper.JSON.valueToTree(
            admin(r).describeTopics(List.of(topic(r))).allTopicNames().get().get(topic(r)).partitions().size()));
        operations.put("createPartitions", r -> done(
            admin(r).createPartitions(Map.of(topic(r), NewPartitions.increaseTo(r.get("total").asInt()))).all()));
        operations.put("describeConfigs", this::describeConfigs);
        operations.put("alterConfigs", this::alterConfigs);
        operations.put("offset", this::offset);
        operations.put("committed", this::committed);
        operations.put("listGroups", r -> strings(admin(r).listGroups().all().get().stream().map(group -> group.groupId()).toList()));
        operations.put("describeGroup", this::describeGroup);
        operations.put("deleteGroup", r -> done(admin(r).deleteConsumerGroups(List.of(r.get("group").asText())).all()));
        operations.put("resetOffsets", r -> done(admin(r).alterConsumerGroupOffsets(
            r.get("group").asText(), Map.of(partition(r), new OffsetAndMetadata(r.get("offset").asLong()))).all()));
        operations.put("deleteRecords", r -> done(
            admin(r).deleteRecords(Map.of(partition(r), RecordsToDelete.beforeOffset(r.get("offset").asLong()))).all()));
        operations.put("describeCluster", this::describeCluster);
    }

    private Admin admin(JsonNode request) {
        if (admin == null) {
            admin = Admin.create(Map.of("bootstrap.servers", request.get("bootstrap").asText()));
        }
        return admin;
    }

    private JsonNode createTopic(JsonNode request) throws Exception {
        NewTopic topic = new NewTopic(topic(request), request.get("partitions").asInt(), (short) request.get("replicationFactor").asInt());
        topic.configs(configs(request));
        return done(admin(request).createTopics(List.of(topic)).all());
    }

    private JsonNode describeConfigs(JsonNode request) throws Exception {
        ConfigResource resource = resource(request);
        ObjectNode shown = Helper.JSON.createObjectNode();
        for (ConfigEntry entry : admin(request).describeConfigs(List.of(resource)).all().get().get(resource).entries()) {
            shown.put(entry.name(), entry.value());
        }
        return shown;
    }

    private JsonNode alterConfigs(JsonNode request) throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        configs(request).forEach((name, value) -> changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        return done(admin(request).incrementalAlterConfigs(Map.of(resource(request), changes)).all());
    }

    private JsonNode offset(JsonNode request) throws Exception {
        long at = request.get("at").asLong();
        OffsetSpec spec = at == -2 ? OffsetSpec.earliest() : at == -1 ? OffsetSpec.latest() : OffsetSpec.forTimestamp(at);
        return Helper.JSON.valueToTree(
            admin(request).listOffsets(Map.of(partition(request), spec)).partitionResult(partition(request)).get().offset());
    }

    private JsonNode committed(JsonNode request) throws Exception {
        ObjectNode shown = Helper.JSON.createObjectNode();
        admin(request).listConsumerGroupOffsets(request.get("group").asText()).partitionsToOffsetAndMetadata().get().forEach((tp, at) -> {
            if (tp.topic().equals(topic(request)) && at != null) {
                shown.put(String.valueOf(tp.partition()), at.offset());
            }
        });
        return shown;
    }

    private JsonNode describeGroup(JsonNode request) throws Exception {
        String group = request.get("group").asText();
        var found = admin(request).describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
        return Helper.JSON.createObjectNode().put("state", found.groupState().toString()).put("members", found.members().size());
    }

    private JsonNode describeCluster(JsonNode request) throws Exception {
        var cluster = admin(request).describeCluster();
        return Helper.JSON.createObjectNode().put("nodes", cluster.nodes().get().size()).put("clusterId", cluster.clusterId().get());
    }

    private static String topic(JsonNode request) {
        return request.get("topic").asText();
    }

    private static TopicPartition partition(JsonNode request) {
        return new TopicPartition(topic(request), request.get("partition").asInt());
    }

    private static ConfigResource resource(JsonNode request) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic(request));
    }

    private static Map<String, String> configs(JsonNode request) {
        Map<String, String> configs = new HashMap<>();
        Optional.ofNullable(request.get("configs")).ifPresent(
            node -> node.fields().forEachRemaining(entry -> configs.put(entry.getKey(), entry.getValue().asText())));
        return configs;
    }

    private static JsonNode done(org.apache.kafka.common.KafkaFuture<?> future) throws Exception {
        future.get();
        return null;
    }

    private static JsonNode strings(Iterable<String> values) {
        ArrayNode array = Helper.JSON.createArrayNode();
        values.forEach(array::add);
        return array;
    }
}
