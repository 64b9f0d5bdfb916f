package flymq.compat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/** Apache Kafka's Java clients and tools behind standard input and output: one JSON request a line, one JSON reply a line. */
public final class Helper {
    static final int LOCAL_ERROR = -1000;
    static final ObjectMapper JSON = new ObjectMapper();

    interface Operation {
        JsonNode run(JsonNode request) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        // The tools write to System.out as they please: replies keep the real one.
        PrintStream replies = System.out;
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.setOut(System.err);

        Map<String, Operation> operations = new HashMap<>();
        new AdminOperations(operations);
        new ProducerOperations(operations);
        new ConsumerOperations(operations);
        new ToolOperations(operations);
        new TelemetryOperations(operations);

        String line;
        while ((line = requests.readLine()) != null) {
            JsonNode request = JSON.readTree(line);
            ObjectNode reply = JSON.createObjectNode();
            try {
                reply.set("ok", operations.get(request.get("op").asText()).run(request));
            } catch (Throwable error) {
                Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
                reply.put("code", codeOf(cause));
                reply.put("error", String.valueOf(error));
            }
            replies.println(JSON.writeValueAsString(reply));
            replies.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    /** What a test sets beside what the operation sets itself. */
    static void addConfigs(Map<String, Object> configs, JsonNode request) {
        if (request.hasNonNull("configs")) {
            request.get("configs").properties().forEach(config -> configs.put(config.getKey(), config.getValue().asText()));
        }
    }

    private static int codeOf(Throwable error) {
        if (!(error instanceof ApiException)) {
            return LOCAL_ERROR;
        }
        Errors known = Errors.forException(error);
        return known == Errors.UNKNOWN_SERVER_ERROR ? LOCAL_ERROR : known.code();
    }

    private Helper() {
    }
}
