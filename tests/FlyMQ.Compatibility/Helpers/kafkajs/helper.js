// kafkajs behind standard input and output: one JSON request a line, one JSON reply a line. The C# side is HelperProcess and HelperClient.
'use strict';

const readline = require('node:readline');
const { randomUUID } = require('node:crypto');
const { Kafka, CompressionTypes, ConfigResourceTypes, logLevel, PartitionAssigners } = require('kafkajs');
const codecs = require('./codecs');

const LOCAL_ERROR = -1000;
const UNKNOWN_TOPIC = 3;
const LOADING = 14;
const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

let kafka;
let admin;
let member;
const producers = [];

const bytes = (text) => (text === null || text === undefined ? null : Buffer.from(text, 'base64'));
const text = (value) => (value === null || value === undefined ? null : Buffer.from(value).toString('base64'));

async function connect(bootstrap) {
  if (!kafka) {
    await codecs.ready;
    kafka = new Kafka({
      clientId: 'kafkajs',
      brokers: [bootstrap],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 50, retries: 12 },
    });
    admin = kafka.admin();
    await admin.connect();
  }
}

function toJson(partition, message) {
  const headers = [];
  for (const [name, values] of Object.entries(message.headers ?? {})) {
    for (const value of Array.isArray(values) ? values : [values]) {
      headers.push([name, text(value)]);
    }
  }
  return {
    p: partition, o: Number(message.offset), t: Number(message.timestamp), k: text(message.key), v: text(message.value), h: headers,
  };
}

function toMessage(record) {
  const headers = {};
  for (const [name, value] of record.h ?? []) {
    headers[name] = name in headers ? [headers[name], bytes(value)].flat() : bytes(value);
  }
  const message = { key: bytes(record.k), value: bytes(record.v), headers };
  if (record.p !== null && record.p !== undefined) message.partition = record.p;
  if (record.t !== null && record.t !== undefined) message.timestamp = String(record.t);
  return message;
}

// kafkajs has no consumer without a group: a whole topic is read by a group of one that nobody joins again.
async function read({ topic, count, timeoutMs }) {
  const records = [];
  const consumer = kafka.consumer({ groupId: `read-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, timeoutMs);
    consumer.on(consumer.events.CRASH, (event) => { clearTimeout(timer); reject(event.payload.error); });
    consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) records.push(toJson(batch.partition, message));
        if (records.length >= count) {
          clearTimeout(timer);
          resolve();
        }
      },
    }).catch(reject);
  });
  await consumer.disconnect();
  return records;
}

async function join({ group, topic, assignor, sessionTimeoutMs }) {
  // kafkajs has one assigner, round robin; the scenarios ask for no particular one of it.
  if (assignor !== 'range' && assignor !== 'roundrobin') throw new Error(`kafkajs has no assigner ${assignor}`);
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: 500,
    rebalanceTimeout: 10_000,
    maxWaitTimeInMs: 100,
    partitionAssigners: [PartitionAssigners.roundRobin],
  });
  member = { consumer, topic, records: [], positions: new Map(), assignments: [], owned: new Set(), wake: () => {}, crashed: null };
  const joined = member;
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const owned = payload.memberAssignment[topic] ?? [];
    joined.owned = new Set(owned);
    joined.assignments.push(owned);
    joined.wake();
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) joined.crashed = payload.error;
    joined.wake();
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const message of batch.messages) {
        joined.records.push(toJson(batch.partition, message));
        joined.positions.set(batch.partition, Number(message.offset) + 1);
      }
      joined.wake();
    },
  });
}

async function poll({ timeoutMs }) {
  if (member.records.length === 0 && member.assignments.length === 0 && !member.crashed) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      member.wake = () => { clearTimeout(timer); resolve(); };
    });
  }
  if (member.crashed) throw member.crashed;
  return { records: member.records.splice(0), assignments: member.assignments.splice(0) };
}

const operations = {
  createTopic: async ({ topic, partitions, replicationFactor, configs }) => {
    const configEntries = Object.entries(configs ?? {}).map(([name, value]) => ({ name, value }));
    const created = await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor, configEntries }],
    });
    // kafkajs answers false, and no error, for a topic that is already there.
    if (!created) throw Object.assign(new Error('the topic exists'), { code: 36 });
  },
  deleteTopic: async ({ topic }) => {
    // kafkajs takes "unknown topic" for something that passes, and would try for minutes.
    const impatient = kafka.admin({ retry: { initialRetryTime: 50, retries: 2 } });
    await impatient.connect();
    try {
      await impatient.deleteTopics({ topics: [topic] });
    } finally {
      await impatient.disconnect();
    }
  },
  listTopics: () => admin.listTopics(),
  countPartitions: async ({ topic }) => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length,
  createPartitions: ({ topic, total }) => admin.createPartitions({ topicPartitions: [{ topic, count: total }] }),
  describeConfigs: async ({ topic }) => {
    const described = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }] });
    return Object.fromEntries(described.resources[0].configEntries.map((entry) => [entry.configName, entry.configValue]));
  },
  alterConfigs: async ({ topic, configs }) => {
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] });
  },
  openProducer: async ({ acks, codec, idempotent }) => {
    const producer = kafka.producer({ idempotent, maxInFlightRequests: idempotent ? 1 : null, allowAutoTopicCreation: false });
    await producer.connect();
    return producers.push({ producer, acks, compression: CODECS[codec] }) - 1;
  },
  send: async ({ producer: id, topic, records }) => {
    const { producer, acks, compression } = producers[id];
    await producer.send({ topic, acks, compression, messages: records.map(toMessage) });
  },
  sendMany: async ({ producer: id, topic, count, keys }) => {
    const { producer, acks, compression } = producers[id];
    for (let at = 0; at < count; at += 2000) {
      const messages = [];
      for (let n = at; n < Math.min(count, at + 2000); n++) messages.push({ key: `k${n % keys}`, value: String(n) });
      await producer.send({ topic, acks, compression, messages });
    }
  },
  closeProducer: ({ producer: id }) => producers[id].producer.disconnect(),
  read,
  offset: async ({ topic, partition, at }) => {
    if (at < 0) {
      const found = (await admin.fetchTopicOffsets(topic)).find((entry) => entry.partition === partition);
      return Number(at === -2 ? found.low : found.high);
    }
    // Where no record is that young kafkajs answers the end of the partition; the protocol's answer was -1.
    const found = (await admin.fetchTopicOffsetsByTimestamp(topic, at)).find((entry) => entry.partition === partition);
    const end = (await admin.fetchTopicOffsets(topic)).find((entry) => entry.partition === partition);
    return found.offset === end.high ? -1 : Number(found.offset);
  },
  committed: async ({ group, topic }) => {
    const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return Object.fromEntries(found.partitions.filter(({ offset }) => offset !== '-1').map(({ partition, offset }) => [partition, Number(offset)]));
  },
  listGroups: async () => (await admin.listGroups()).groups.map((group) => group.groupId),
  describeGroup: async ({ group }) => {
    const [found] = (await admin.describeGroups([group])).groups;
    return { state: found.state, members: found.members.length };
  },
  deleteGroup: ({ group }) => admin.deleteGroups([group]),
  resetOffsets: ({ group, topic, partition, offset }) => admin.setOffsets({ groupId: group, topic, partitions: [{ partition, offset: String(offset) }] }),
  deleteRecords: ({ topic, partition, offset }) => admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] }),
  describeCluster: async () => {
    const cluster = await admin.describeCluster();
    return { nodes: cluster.brokers.length, clusterId: cluster.clusterId };
  },
  join,
  poll,
  commit: () => member.consumer.commitOffsets([...member.positions]
    .filter(([partition]) => member.owned.has(partition))
    .map(([partition, offset]) => ({ topic: member.topic, partition, offset: String(offset) }))),
  leave: () => member.consumer.disconnect(),
};

// The innermost error is the broker's; kafkajs wraps it in the story of its retries.
function codeOf(error) {
  for (let at = error; at; at = at.cause ?? at.originalError ?? at.errors?.[0]) {
    if (typeof at.code === 'number') return at.code;
    if (at.type === 'UNKNOWN_TOPIC_OR_PARTITION') return UNKNOWN_TOPIC;
    if (at.type === 'GROUP_LOAD_IN_PROGRESS') return LOADING;
  }
  return LOCAL_ERROR;
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let reply;
    try {
      if (request.bootstrap) await connect(request.bootstrap);
      const ok = await operations[request.op](request);
      reply = { ok: ok === undefined || ok === true ? null : ok };
    } catch (error) {
      reply = { code: codeOf(error), error: String(error.stack ?? error) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  process.exit(0);
})();
