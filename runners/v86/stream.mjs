// SPDX-License-Identifier: BSD-2-Clause
// Follows the RAM channel, and reads as much of the frames as a resume needs (docs/record-format.md).
import fs from "node:fs";

const RAM_MARK = "RINGDIFF-OUTPUT\0";
const RAM_HEADER = 64, RAM_WRITTEN = 16, RAM_FINISHED = 20;
// The block of a resume point: docs/runner-protocol.md, Resume points.
const BLOCK_KIND = 24, BLOCK_NEXT = 28, BLOCK_END = 32, BLOCK_CAREFUL_UNTIL = 36, BLOCK_SEQUENCE = 40;

const SYNC = 0x314452f5; // F5 52 44 31
const FRAME_HEADER = 12, FRAME_CRC = 4, PAYLOAD_MAX = 0x80000;
const CASE_BEGIN = 4, RECORD = 5, VERIFIED = 7, RETRACT = 8, ENDED = 11;
const CASE_BEGIN_SIZE = 12;
const DIED = 3; // reason of a RETRACT
const REASON_MAX = 240;

const crcTable = Uint32Array.from({ length: 256 }, (_, entry) => {
    for (let bit = 0; bit < 8; bit++) entry = entry & 1 ? entry >>> 1 ^ 0xedb88320 : entry >>> 1;
    return entry;
});

/** CRC-32 (IEEE 802.3) of the bytes, unsigned. */
export function crc32(bytes) {
    let crc = ~0;
    for (const byte of bytes) crc = crc >>> 8 ^ crcTable[(crc ^ byte) & 0xff];
    return ~crc >>> 0;
}

/** The guest's counter has gone back: it has begun anew. */
export class Restarted extends Error {}

/** The stream of one boot. `channel()` gives the RAM channel's bytes as they are now, a Buffer. */
export class Stream {
    constructor(path, channel, start) {
        this.file = fs.openSync(path, "a");
        this.channel = channel;
        this.copied = 0; // bytes of the guest's stream that are in the file
        this.parsed = 0; // of them, whole frames
        this.lost = false; // what the guest writes are no frames
        this.sequence = 0; // of the next frame
        this.verified = start; // all ordinals below are final
        this.inFlight = null; // the case that has begun and left no record: {key, index, ordinal}
    }

    append(bytes) {
        fs.writeSync(this.file, bytes);
    }

    /** Copies what is new; true if there was any. Throws Restarted. */
    follow() {
        const memory = this.channel();
        if (memory.latin1Slice(0, RAM_MARK.length) !== RAM_MARK) return false;
        // A guest gone wild may write any number here: believe nothing beyond the buffer.
        const written = Math.min(memory.readUInt32LE(RAM_WRITTEN), memory.length - RAM_HEADER);
        if (written < this.copied) throw new Restarted("the guest was reset");
        if (written === this.copied) return false;
        const stream = memory.subarray(RAM_HEADER);
        this.append(stream.subarray(this.copied, written));
        this.copied = written;
        this.parse(stream);
        return true;
    }

    /** Whether the guest has said all it has to say. */
    finished() {
        const memory = this.channel();
        return memory.latin1Slice(0, RAM_MARK.length) === RAM_MARK && memory.readUInt32LE(RAM_FINISHED) === 1;
    }

    parse(stream) {
        while (!this.lost && this.copied - this.parsed >= FRAME_HEADER + FRAME_CRC) {
            const at = this.parsed;
            const size = stream.readUInt32LE(at + 8);
            if (stream.readUInt32LE(at) !== SYNC || size > PAYLOAD_MAX) {
                this.lost = true;
                return;
            }
            const whole = FRAME_HEADER + size + FRAME_CRC;
            if (this.copied - at < whole) return;
            this.take(stream[at + 4], stream.subarray(at + FRAME_HEADER, at + FRAME_HEADER + size));
            this.sequence = stream.readUInt16LE(at + 6) + 1;
            this.parsed += whole;
        }
    }

    take(type, payload) {
        if (type === CASE_BEGIN && payload.length === CASE_BEGIN_SIZE) {
            const [key, index, ordinal] = [0, 4, 8].map(at => payload.readUInt32LE(at));
            this.inFlight = { key, index, ordinal };
        } else if (type === RECORD || type === RETRACT) this.inFlight = null;
        else if (type === VERIFIED && payload.length === 4) this.verified = payload.readUInt32LE();
    }

    frame(type, payload) {
        const frame = Buffer.alloc(FRAME_HEADER + payload.length + FRAME_CRC);
        frame.writeUInt32LE(SYNC, 0);
        frame[4] = type;
        frame.writeUInt16LE(this.sequence++ & 0xffff, 6);
        frame.writeUInt32LE(payload.length, 8);
        payload.copy(frame, FRAME_HEADER);
        frame.writeUInt32LE(crc32(frame.subarray(4, -FRAME_CRC)), frame.length - FRAME_CRC);
        this.append(frame);
    }

    /** All records since the last VERIFIED are void. */
    retract() {
        this.frame(RETRACT, words(this.verified, DIED));
    }

    /** The case in flight leaves no record: `code` as a runner's exit code. */
    ended(code, reason) {
        const { key, index, ordinal } = this.inFlight;
        const text = Buffer.from(reason, "utf8").subarray(0, REASON_MAX);
        this.frame(ENDED, Buffer.concat([words(key, index, ordinal, code), text]));
    }

    /** What the kit has written at a resume point. */
    block() {
        const memory = this.channel();
        return {
            kind: memory.readUInt32LE(BLOCK_KIND),
            next: memory.readUInt32LE(BLOCK_NEXT),
            end: memory.readUInt32LE(BLOCK_END),
        };
    }

    /** Another range behind a finished one. */
    prolong(next, end) {
        const memory = this.channel();
        memory.writeUInt32LE(next, BLOCK_NEXT);
        memory.writeUInt32LE(end, BLOCK_END);
        this.verified = next;
    }

    /** What the kit finds when it is back at a resume point. */
    writeBlock(next, end, carefulUntil) {
        const memory = this.channel();
        memory.latin1Write(RAM_MARK);
        memory.writeUInt32LE(this.parsed, RAM_WRITTEN);
        memory.writeUInt32LE(0, RAM_FINISHED);
        memory.writeUInt32LE(next, BLOCK_NEXT);
        memory.writeUInt32LE(end, BLOCK_END);
        memory.writeUInt32LE(carefulUntil, BLOCK_CAREFUL_UNTIL);
        memory.writeUInt32LE(this.sequence, BLOCK_SEQUENCE);
        this.inFlight = null;
    }
}

function words(...values) {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, n) => bytes.writeUInt32LE(value, 4 * n));
    return bytes;
}
