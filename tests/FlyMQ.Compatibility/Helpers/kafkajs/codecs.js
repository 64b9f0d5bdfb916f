// kafkajs brings gzip only and leaves the other codecs to its user. These are plain JavaScript and WebAssembly: nothing to compile.
'use strict';

const { CompressionTypes, CompressionCodecs } = require('kafkajs');
const snappy = require('snappyjs');
const lz4 = require('lz4js');
const { hash: xxh32 } = require('lz4js/xxh32.js');
const zstd = require('@bokuweb/zstd-wasm');

// Java's client frames snappy blocks as xerial's library does; a raw block is what other clients write.
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);

const uncompressSnappy = (bytes) => {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) {
    return Buffer.from(snappy.uncompress(bytes));
  }
  const blocks = [];
  for (let at = XERIAL.length + 8; at < bytes.length;) {
    const size = bytes.readInt32BE(at);
    blocks.push(Buffer.from(snappy.uncompress(bytes.subarray(at + 4, at + 4 + size))));
    at += 4 + size;
  }
  return Buffer.concat(blocks);
};

// lz4js writes frames whose blocks depend on each other, which Kafka refuses; so the frame is written here, block by block, from its
// block compressor (LZ4 frame format 1.6: magic, descriptor, blocks behind their sizes, end mark).
const LZ4_BLOCK = 64 * 1024;
const LZ4_UNCOMPRESSED = 0x80000000;

const compressLz4 = (bytes) => {
  const descriptor = Buffer.from([0x60, 0x40]); // version 1, independent blocks, no checksums; blocks of 64 KiB
  const parts = [Buffer.from([0x04, 0x22, 0x4d, 0x18]), descriptor, Buffer.from([(xxh32(0, descriptor, 0, 2) >>> 8) & 0xff])];
  for (let at = 0; at < bytes.length; at += LZ4_BLOCK) {
    const block = bytes.subarray(at, at + LZ4_BLOCK);
    const target = Buffer.alloc(lz4.compressBound(block.length));
    const size = lz4.compressBlock(block, target, 0, block.length, new Array(LZ4_BLOCK).fill(0));
    const prefix = Buffer.alloc(4);
    const compressed = size > 0 && size < block.length;
    prefix.writeUInt32LE(compressed ? size : block.length + LZ4_UNCOMPRESSED);
    parts.push(prefix, compressed ? target.subarray(0, size) : block);
  }
  parts.push(Buffer.alloc(4));
  return Buffer.concat(parts);
};

exports.ready = zstd.init();
CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: async (encoder) => Buffer.from(snappy.compress(encoder.buffer)),
  decompress: async (bytes) => uncompressSnappy(bytes),
});
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => compressLz4(encoder.buffer),
  decompress: async (bytes) => Buffer.from(lz4.decompress(bytes)),
});
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async (encoder) => Buffer.from(zstd.compress(encoder.buffer, 3)),
  decompress: async (bytes) => Buffer.from(zstd.decompress(bytes)),
});
