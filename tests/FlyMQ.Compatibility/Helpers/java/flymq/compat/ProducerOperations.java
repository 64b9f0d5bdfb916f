package flymq.compat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Producers, kept by number until they are closed. */
final class ProducerOperations {
    private final List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();

    ProducerOperations(Map<String, Helper.Operation> operations) {
        operations.put("openProducer", this::open);
        operations.put("send", this::send);
        operations.put("sendMany", this::sendMany);
        operations.put("closeProducer", request -> {
            producer(request).close();
            return null;
        });
        operations.put("beginTransactions", this::beginTransactions);
        operations.put("tellProducer", request -> TelemetryOperations.tell(producer(request).clientInstanceId(TelemetryOperations.PATIENCE), producer(request).metrics()));
    }

    private JsonNode open(JsonNode request) {
        Map<String, Object> configs = new HashMap<>();
        configs.put("bootstrap.servers", request.get("bootstrap").asText());
        configs.put("acks", request.get("acks").asText());
        configs.put("compression.type", request.get("codec").asText());
        configs.put("enable.idempotence", request.get("idempotent").asBoolean());
        configs.put("linger.ms", 2);
        if (request.hasNonNull("maxRequestBytes")) {
            configs.put("max.request.size", request.get("maxRequestBytes").asInt());
        }
        Helper.addConfigs(configs, request);
        producers.add(new KafkaProducer<>(configs, new ByteArraySerializer(), new ByteArraySerializer()));
        return Helper.JSON.valueToTree(producers.size() - 1);
    }

    private JsonNode send(JsonNode request) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (JsonNode record : request.get("records")) {
            ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(
                request.get("topic").asText(),
                record.hasNonNull("p") ? record.get("p").asInt() : null,
                record.hasNonNull("t") ? record.get("t").asLong() : null,
                Records.bytes(record.get("k")), Records.bytes(record.get("v")));
            for (JsonNode header : record.get("h")) {
                message.headers().add(new RecordHeader(header.get(0).asText(), Records.bytes(header.get(1))));
            }
            sent.add(producer(request).send(message));
        }
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
        return null;
    }

    private JsonNode sendMany(JsonNode request) throws Exception {
        int keys = request.get("keys").asInt();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int n = 0; n < request.get("count").asInt(); n++) {
            sent.add(producer(request).send(new ProducerRecord<>(
                request.get("topic").asText(),
                ("k" + n % keys).getBytes(StandardCharsets.UTF_8), String.valueOf(n).getBytes(StandardCharsets.UTF_8))));
        }
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
        return null;
    }

    /** What an application with a transactional id meets: the class of the error and how long it took to come. */
    private JsonNode beginTransactions(JsonNode request) {
        long start = System.nanoTime();
        Map<String, Object> configs = new HashMap<>();
        configs.put("bootstrap.servers", request.get("bootstrap").asText());
        configs.put("transactional.id", "flymq-compat");
        configs.put("max.block.ms", 30_000);
        String error = null;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(configs, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
        } catch (RuntimeException refused) {
            error = refused.toString();
        }
        return Helper.JSON.createObjectNode().put("error", error).put("ms", (System.nanoTime() - start) / 1_000_000);
    }

    private KafkaProducer<byte[], byte[]> producer(JsonNode request) {
        return producers.get(request.get("producer").asInt());
    }
}
