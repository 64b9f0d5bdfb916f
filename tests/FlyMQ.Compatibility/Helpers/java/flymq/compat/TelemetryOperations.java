package flymq.compat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.KeyValue;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.MetricsData;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.NumberDataPoint;

/** What a client says of itself without a broker, and what the client's own library reads out of pushed metrics. */
final class TelemetryOperations {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    TelemetryOperations(Map<String, Helper.Operation> operations) {
        operations.put("readMetricsData", TelemetryOperations::read);
    }

    /** Its instance id, and its metrics by group and name; of those with further tags none. */
    static JsonNode tell(Uuid instanceId, Map<MetricName, ? extends Metric> metrics) {
        ObjectNode told = Helper.JSON.createObjectNode().put("instanceId", instanceId.toString());
        ObjectNode values = told.putObject("metrics");
        metrics.forEach((name, metric) -> {
            if (name.tags().keySet().equals(java.util.Set.of("client-id")) && metric.metricValue() instanceof Double value) {
                values.put(name.group() + "/" + name.name(), value);
            }
        });
        return told;
    }

    private static JsonNode read(JsonNode request) throws Exception {
        MetricsData data = MetricsData.parseFrom(Base64.getDecoder().decode(request.get("data").asText()));
        ArrayNode all = Helper.JSON.createArrayNode();
        data.getResourceMetricsList().forEach(resource -> resource.getScopeMetricsList().forEach(scope -> scope.getMetricsList().forEach(metric -> {
            List<NumberDataPoint> points = metric.hasSum() ? metric.getSum().getDataPointsList() : metric.getGauge().getDataPointsList();
            for (NumberDataPoint point : points) {
                ObjectNode one = all.addObject();
                one.put("metric", metric.getName());
                one.put("value", point.hasAsDouble() ? point.getAsDouble() : point.getAsInt());
                add(one.putObject("resource"), resource.getResource().getAttributesList());
                add(one.putObject("attributes"), point.getAttributesList());
            }
        })));
        return all;
    }

    private static void add(ObjectNode to, List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            if (to.has(attribute.getKey())) {
                throw new IllegalArgumentException(attribute.getKey() + " is there twice");
            }
            to.put(attribute.getKey(), attribute.getValue().getStringValue());
        }
    }
}
