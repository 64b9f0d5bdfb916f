#!/usr/bin/env bash
# FlyMQ beside Apache Kafka in one run, each measurement of one followed by the same of the other: core 0 has the broker, core 1 the load. FlyMQ flushes before
# it answers acks=all, Kafka with its defaults does not. Prints a table in Markdown. Needs ../shared/peers/kafka (or KAFKA_PEER), Java, and two cores.
#   bench/compare/run.sh [SECONDS]     FLYMQ_BINARY=… measures another build than dist/flymq
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-8}
peer=${KAFKA_PEER:-../shared/peers/kafka}
flymq=${FLYMQ_BINARY:-dist/flymq}
load=bench/FlyMQ.Load/bin/Release/net10.0/flymq-load
[ -x "$flymq" ] || ./publish.sh
dotnet build bench/FlyMQ.Load -c Release -v quiet -tl:off -nologo > /dev/null
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$work"' EXIT

echo "| | from exec to the first acknowledged record, and idle |"
echo "|---|---|"
echo "| FlyMQ | $("$load" start --bootstrap 127.0.0.1:19292 -- "$flymq" --data_dir "$work/start" --listeners clients=127.0.0.1:19292 --metadata.listen 127.0.0.1:19293 --health.listen 127.0.0.1:19294) |"
echo "| Kafka | $("$load" start --bootstrap 127.0.0.1:19392 -- "$peer/broker.sh" "$work/start-kafka" 19392) |"
echo

taskset -c 0 "$flymq" --data_dir "$work/flymq" --listeners clients=127.0.0.1:19092 --metadata.listen 127.0.0.1:19093 --health.listen 127.0.0.1:19094 > "$work/flymq.log" 2>&1 &
pids+=($!)
taskset -c 0 "$peer/broker.sh" "$work/kafka" 19192 > "$work/kafka.log" 2>&1 &
pids+=($!)
for port in 19092 19192; do
  for ((try = 0; try < 300; try++)); do ss -ltnH "sport = :$port" | grep -q . && break; sleep 0.1; done
done
broker_pid() { ss -ltnpH "sport = :$1" | sed -nE 's/.*pid=([0-9]+).*/\1/p' | head -1; }
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$1/stat"; }
pids+=("$(broker_pid 19092)" "$(broker_pid 19192)")

# rate, p50, p99, CPU seconds per GB
measure() {
  local port=$1 pid before after out
  shift
  pid=$(broker_pid "$port")
  before=$(cpu "$pid")
  out=$(taskset -c 1 "$load" "$@" --bootstrap "127.0.0.1:$port" --seconds "$seconds" --warmup 0)
  after=$(cpu "$pid")
  awk -v s="$seconds" -v c="$(echo "$after $before" | awk '{ print $1 - $2 }')" '{ printf "%.0f | %.2f / %.2f | %.2f\n", $3, $6, $9, c / ($3 * s / 1000) }' <<< "$out"
}
row() {
  local name=$1
  shift
  # The first run warms compilers, page cache and the topic. What is consumed was just written: more than the memory of the machine comes together.
  for port in 19092 19192; do taskset -c 1 "$load" "$@" --bootstrap "127.0.0.1:$port" --seconds "$seconds" --warmup 0 > /dev/null; done
  echo "| $name | $(measure 19092 "$@") | $(measure 19192 "$@") |"
}

echo "| 1 KiB records | FlyMQ MB/s | p50 / p99 ms | CPU-s/GB | Kafka MB/s | p50 / p99 ms | CPU-s/GB |"
echo "|---|---|---|---|---|---|---|"
row "acks=all, 1 partition, batches of 16, 5 in flight" produce --topic all-1
row "consume what that wrote" consume --topic all-1
row "acks=1, 1 partition, the same" produce --topic one-1 --acks 1
row "acks=all, 1 partition, batches of 60" produce --topic all-60 --batch-records 60
row "acks=all, 100 partitions, 10 to a request" produce --topic all-100 --partitions 100 --partitions-per-request 10
row "acks=1, the same" produce --topic one-100 --partitions 100 --partitions-per-request 10 --acks 1
row "acks=all, 50 partitions, 50 connections, 2 in flight" produce --topic all-50 --partitions 50 --connections 50 --in-flight 2
echo
for port in 19092 19192; do echo "$([ $port = 19092 ] && echo FlyMQ || echo Kafka) after all of it: $(awk '/VmRSS/ { printf "%.0f MiB resident", $2 / 1024 }' "/proc/$(broker_pid $port)/status")"; done
