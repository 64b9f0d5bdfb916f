package flymq.compat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Whole topics by assignment, and one member of a group. */
final class ConsumerOperations {
    private static final Map<String, String> ASSIGNORS = Map.of(
        "range", "org.apache.kafka.clients.consumer.RangeAssignor",
        "roundrobin", "org.apache.kafka.clients.consumer.RoundRobinAssignor",
        "cooperative-sticky", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");

    private final Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    private KafkaConsumer<byte[], byte[]> member;
    private ArrayNode assignments = Helper.JSON.createArrayNode();

    ConsumerOperations(Map<String, Helper.Operation> operations) {
        operations.put("read", this::read);
        operations.put("join", this::join);
        operations.put("poll", this::poll);
        operations.put("commit", this::commit);
        operations.put("tellMember", request -> TelemetryOperations.tell(member.clientInstanceId(TelemetryOperations.PATIENCE), member.metrics()));
        operations.put("leave", request -> {
            member.close();
            return null;
        });
    }

    private JsonNode read(JsonNode request) {
        long end = System.nanoTime() + request.get("timeoutMs").asLong() * 1_000_000;
        ArrayNode records = Helper.JSON.createArrayNode();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(request, new HashMap<>())) {
            List<TopicPartition> partitions = consumer.partitionsFor(request.get("topic").asText()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (records.size() < request.get("count").asInt() && System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    records.add(Records.toJson(record));
                }
            }
        }
        return records;
    }

    private JsonNode join(JsonNode request) {
        Map<String, Object> configs = new HashMap<>();
        configs.put("group.id", request.get("group").asText());
        configs.put("session.timeout.ms", request.get("sessionTimeoutMs").asInt());
        configs.put("heartbeat.interval.ms", 500);
        configs.put("partition.assignment.strategy", ASSIGNORS.get(request.get("assignor").asText()));
        if (request.hasNonNull("instanceId")) {
            configs.put("group.instance.id", request.get("instanceId").asText());
        }
        member = consumer(request, configs);
        member.subscribe(List.of(request.get("topic").asText()), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> gone) {
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> added) {
                TreeSet<Integer> owned = new TreeSet<>();
                member.assignment().forEach(partition -> owned.add(partition.partition()));
                assignments.add(Helper.JSON.valueToTree(owned));
            }
        });
        return null;
    }

    private JsonNode poll(JsonNode request) {
        ObjectNode polled = Helper.JSON.createObjectNode();
        ArrayNode records = polled.putArray("records");
        for (ConsumerRecord<byte[], byte[]> record : member.poll(Duration.ofMillis(request.get("timeoutMs").asLong()))) {
            records.add(Records.toJson(record));
            positions.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        polled.set("assignments", assignments);
        assignments = Helper.JSON.createArrayNode();
        return polled;
    }

    private JsonNode commit(JsonNode request) {
        positions.keySet().retainAll(member.assignment());
        member.commitSync(positions);
        return null;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(JsonNode request, Map<String, Object> configs) {
        configs.put("bootstrap.servers", request.get("bootstrap").asText());
        configs.put("auto.offset.reset", "earliest");
        configs.put("enable.auto.commit", false);
        configs.put("max.poll.records", 5_000);
        Helper.addConfigs(configs, request);
        return new KafkaConsumer<>(configs, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
