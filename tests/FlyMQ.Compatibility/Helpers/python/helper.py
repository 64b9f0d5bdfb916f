"""kafka-python behind standard input and output: one JSON request a line, one JSON reply a line (see HelperProcess and HelperClient)."""
import base64
import json
import sys
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.errors import KafkaConnectionError, KafkaError, for_code
from kafka.structs import OffsetAndMetadata

LOCAL_ERROR = -1000
ASSIGNORS = {"range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor}

state = {"admin": None, "probe": None, "producers": [], "member": None}


def data(text):
    return None if text is None else base64.b64decode(text)


def text(value):
    return None if value is None else base64.b64encode(value).decode()


def admin(request):
    if state["admin"] is None:
        state["admin"] = KafkaAdminClient(bootstrap_servers=request["bootstrap"])
    return state["admin"]


def probe(request):
    """A consumer outside any group, for offsets and metadata."""
    if state["probe"] is None:
        state["probe"] = KafkaConsumer(bootstrap_servers=request["bootstrap"], enable_auto_commit=False)
    return state["probe"]


def refuse(code):
    if code:
        raise for_code(code)()


def to_json(record):
    return {
        "p": record.partition, "o": record.offset, "t": record.timestamp, "k": text(record.key), "v": text(record.value),
        "h": [[name, text(value)] for name, value in record.headers],
    }


def create_topic(request):
    topic = NewTopic(
        request["topic"], request["partitions"], request["replicationFactor"], topic_configs=request.get("configs") or {})
    admin(request).create_topics([topic], timeout_ms=20_000)


def delete_topic(request):
    admin(request).delete_topics([request["topic"]], timeout_ms=20_000)


def count_partitions(request):
    consumer = KafkaConsumer(bootstrap_servers=request["bootstrap"])
    try:
        return len(consumer.partitions_for_topic(request["topic"]) or [])
    finally:
        consumer.close()


def create_partitions(request):
    admin(request).create_partitions({request["topic"]: NewPartitions(request["total"])}, timeout_ms=20_000)


def describe_configs(request):
    resource = ConfigResource(ConfigResourceType.TOPIC, request["topic"])
    configs = {}
    for response in admin(request).describe_configs([resource]):
        for code, _message, _type, _name, entries in response.resources:
            refuse(code)
            configs.update({entry[0]: entry[1] for entry in entries})
    return configs


def alter_configs(request):
    resource = ConfigResource(ConfigResourceType.TOPIC, request["topic"], configs=request["configs"])
    response = admin(request).alter_configs([resource])
    for code, *_rest in response.resources:
        refuse(code)


def open_producer(request):
    options = {}
    if request.get("maxRequestBytes"):
        options["max_request_size"] = request["maxRequestBytes"]
        options["buffer_memory"] = 4 * request["maxRequestBytes"]
    state["producers"].append(KafkaProducer(
        bootstrap_servers=request["bootstrap"],
        acks="all" if request["acks"] == -1 else request["acks"],
        compression_type=None if request["codec"] == "none" else request["codec"],
        retries=10, max_in_flight_requests_per_connection=1, linger_ms=2, **options))
    return len(state["producers"]) - 1


def send(request):
    producer = state["producers"][request["producer"]]
    futures = [
        producer.send(
            request["topic"], value=data(record["v"]), key=data(record["k"]), partition=record.get("p"), timestamp_ms=record.get("t"),
            headers=[(name, data(value)) for name, value in record.get("h") or []])
        for record in request["records"]
    ]
    producer.flush(60)
    for future in futures:
        future.get(60)


def send_many(request):
    producer = state["producers"][request["producer"]]
    futures = [
        producer.send(request["topic"], value=str(n).encode(), key=b"k%d" % (n % request["keys"])) for n in range(request["count"])
    ]
    producer.flush(100)
    for future in futures:
        future.get(60)


def close_producer(request):
    state["producers"][request["producer"]].close()


def read(request):
    consumer = KafkaConsumer(
        bootstrap_servers=request["bootstrap"], enable_auto_commit=False, auto_offset_reset="earliest",
        max_partition_fetch_bytes=8 << 20)
    try:
        end = time.monotonic() + request["timeoutMs"] / 1000
        partitions = [TopicPartition(request["topic"], p) for p in sorted(consumer.partitions_for_topic(request["topic"]))]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        records = []
        while len(records) < request["count"] and time.monotonic() < end:
            for batch in consumer.poll(timeout_ms=100, max_records=5_000).values():
                records.extend(to_json(record) for record in batch)
        return records
    finally:
        consumer.close()


def offset(request):
    partition = TopicPartition(request["topic"], request["partition"])
    at = request["at"]
    if at == -2:
        return probe(request).beginning_offsets([partition])[partition]
    if at == -1:
        return probe(request).end_offsets([partition])[partition]
    found = probe(request).offsets_for_times({partition: at})[partition]
    return -1 if found is None else found.offset


def committed(request):
    try:
        offsets = admin(request).list_consumer_group_offsets(request["group"])
    except KafkaConnectionError:
        # This admin client does not connect again after a broker's restart.
        state["admin"] = None
        offsets = admin(request).list_consumer_group_offsets(request["group"])
    return {tp.partition: found.offset for tp, found in offsets.items() if tp.topic == request["topic"] and found.offset >= 0}


def describe_group(request):
    found, = admin(request).describe_consumer_groups([request["group"]])
    refuse(found.error_code)
    return {"state": found.state, "members": len(found.members)}


def delete_group(request):
    for _group, error in admin(request).delete_consumer_groups([request["group"]]):
        refuse(error.errno)


def describe_cluster(request):
    found = admin(request).describe_cluster()
    return {"nodes": len(found["brokers"]), "clusterId": found["cluster_id"]}


class Member:
    """A consumer of a group; `assignments` keeps every change since the last poll."""

    def __init__(self, request):
        self.topic = request["topic"]
        self.positions = {}
        self.assignments = []
        self.known = None
        self.consumer = KafkaConsumer(
            bootstrap_servers=request["bootstrap"], group_id=request["group"], enable_auto_commit=False, auto_offset_reset="earliest",
            session_timeout_ms=request["sessionTimeoutMs"], heartbeat_interval_ms=500,
            partition_assignment_strategy=[ASSIGNORS[request["assignor"]]])
        self.consumer.subscribe([self.topic])

    def poll(self, timeout_ms):
        records = []
        for partition, batch in self.consumer.poll(timeout_ms=timeout_ms, max_records=5_000).items():
            records.extend(to_json(record) for record in batch)
            self.positions[partition] = batch[-1].offset + 1
        owned = sorted(partition.partition for partition in self.consumer.assignment())
        if owned != self.known:
            self.known = owned
            self.assignments.append(owned)
        assignments, self.assignments = self.assignments, []
        return {"records": records, "assignments": assignments}

    def commit(self):
        owned = self.consumer.assignment()
        self.consumer.commit({
            partition: OffsetAndMetadata(position, "") for partition, position in self.positions.items() if partition in owned})


def join(request):
    state["member"] = Member(request)


OPERATIONS = {
    "createTopic": create_topic,
    "deleteTopic": delete_topic,
    "listTopics": lambda request: admin(request).list_topics(),
    "countPartitions": count_partitions,
    "createPartitions": create_partitions,
    "describeConfigs": describe_configs,
    "alterConfigs": alter_configs,
    "openProducer": open_producer,
    "send": send,
    "sendMany": send_many,
    "closeProducer": close_producer,
    "read": read,
    "offset": offset,
    "committed": committed,
    "listGroups": lambda request: [group for group, _type in admin(request).list_consumer_groups()],
    "describeGroup": describe_group,
    "deleteGroup": delete_group,
    "describeCluster": describe_cluster,
    "join": join,
    "poll": lambda request: state["member"].poll(request["timeoutMs"]),
    "commit": lambda request: state["member"].commit(),
    "leave": lambda request: state["member"].consumer.close(autocommit=False),
}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"ok": OPERATIONS[request["op"]](request)}
        except KafkaError as error:
            code = error.errno if isinstance(getattr(error, "errno", None), int) else LOCAL_ERROR
            reply = {"code": code, "error": repr(error)}
        except Exception as error:  # pylint: disable=broad-except; whatever broke goes to the test that asked
            reply = {"code": LOCAL_ERROR, "error": repr(error)}
        print(json.dumps(reply), flush=True)


main()
