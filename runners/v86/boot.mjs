// SPDX-License-Identifier: BSD-2-Clause
// Boots a ROM image on v86 and copies the guest's stream out; `run` starts it and watches over it.
//   node boot.mjs FOLDER-OF-V86 IMAGE STREAM CHANNEL OUT-BASE OUT-SIZE HEARTBEAT
// Exit codes are those of docs/runner-protocol.md. HEARTBEAT gets a byte whenever the emulator has come back to its main loop.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const BYE = 40, SHUTDOWN = 41, HANG = 42, EMULATOR_ERROR = 43;
const RAM_MARK = "RINGDIFF-OUTPUT\0";
const RAM_HEADER = 64, RAM_WRITTEN = 16, RAM_FINISHED = 20;
const MEMORY = 32 << 20;
const LOW_ROM = 128 << 10; // what of a ROM appears below 1 MiB
const TOP = 2 ** 32;
const MMAP_UNIT = 128 << 10; // v86 maps devices in blocks of this size
const INTERRUPT_FLAG = 1 << 9;
const LOOK_MS = 2;

const [folder, imagePath, streamPath, channel, outBase, outSize, heartbeat] = process.argv.slice(2);

function end(code, message) {
    if (message) fs.writeSync(2, message + "\n");
    process.exit(code);
}

let copyLast = () => {}; // what the guest has said since the last look

function died(error) {
    copyLast();
    end(EMULATOR_ERROR, `v86: ${error && error.message || error}`);
}
process.on("uncaughtException", died);
process.on("unhandledRejection", died);
for (const name of ["log", "info", "debug", "warn", "error"]) console[name] = () => {};

const image = fs.readFileSync(imagePath);
const stream = fs.openSync(streamPath, "a");
const alive = fs.openSync(heartbeat, "a");
const build = path.join(folder, "node_modules", "v86", "build");
const { V86 } = await import(pathToFileURL(path.join(build, "libv86.mjs")));
const low = image.subarray(Math.max(0, image.length - LOW_ROM));
const emulator = new V86({
    wasm_path: path.join(build, "v86.wasm"),
    bios: { buffer: low.buffer.slice(low.byteOffset, low.byteOffset + low.length) },
    memory_size: MEMORY,
    vga_memory_size: 1 << 20,
    autostart: false,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
});
await new Promise(resolve => emulator.add_listener("emulator-loaded", resolve));

const cpu = emulator.v86.cpu;

// v86 mirrors low memory below 4 GiB, where guests may write; a ROM is what it is.
const romBase = TOP - image.length;
const span = Math.ceil(image.length / MMAP_UNIT) * MMAP_UNIT;
cpu.io.mmap_register(TOP - span, span, address => {
    const at = (address >>> 0) - romBase;
    return at >= 0 ? image[at] : 0xff;
}, () => {}, address => {
    const at = (address >>> 0) - romBase;
    return at >= 0 ? image.readInt32LE(at) : -1;
}, () => {});

const bytes = [];
cpu.io.register_write(0xe9, {}, channel === "e9" ? value => bytes.push(value) : () => {});

let resets = 0;
const reboot = cpu.reboot_internal;
cpu.reboot_internal = function () {
    resets++;
    reboot.call(this);
};

const base = Number(outBase);
const size = Number(outSize);
let done = 0;

// True once the guest has said all it has to say.
function copyNew() {
    if (channel === "e9") {
        if (bytes.length) fs.writeSync(stream, Buffer.from(bytes.splice(0)));
        return false;
    }
    // The buffer is another one whenever v86 has grown its memory.
    const { buffer, byteOffset } = cpu.mem8;
    const memory = Buffer.from(buffer, byteOffset + base, size);
    if (memory.latin1Slice(0, RAM_MARK.length) !== RAM_MARK) return false;
    // A guest gone wild may write any number here: believe nothing beyond the buffer.
    const written = Math.min(memory.readUInt32LE(RAM_WRITTEN), size - RAM_HEADER);
    if (written < done) end(SHUTDOWN, "the guest was reset");
    if (written > done) {
        fs.writeSync(stream, memory.subarray(RAM_HEADER + done, RAM_HEADER + written));
        done = written;
    }
    return memory.readUInt32LE(RAM_FINISHED) === 1;
}

copyLast = copyNew;
let quiet = 0;
function look() {
    fs.writeSync(alive, ".");
    if (copyNew()) end(BYE);
    if (resets) end(SHUTDOWN, "the guest was reset");
    // CLI and HLT: what the kit ends with, and what nothing wakes up.
    quiet = cpu.in_hlt[0] && !(cpu.flags[0] & INTERRUPT_FLAG) ? quiet + 1 : 0;
    if (quiet > 2) {
        copyNew();
        end(channel === "ram" ? HANG : BYE, channel === "ram" ? "halted with interrupts off" : "");
    }
    setTimeout(look, LOOK_MS);
}

emulator.run();
look();
