// SPDX-License-Identifier: BSD-2-Clause
// v86 with a ROM in place of a BIOS, made so that a guest can be put back (snapshot.mjs).
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const MEMORY = 32 << 20;
const LOW_ROM = 128 << 10; // what of a ROM appears below 1 MiB
const TOP = 2 ** 32;
const MMAP_UNIT = 128 << 10; // v86 maps devices in blocks of this size
const INTERRUPT_FLAG = 1 << 9;
// What v86 compiles is built in its heap. A heap that grows after a snapshot would grow again after each restore.
const HEAP_ROOM = 4 << 20;

const STACK_POINTER = "ringdiff_stack_pointer";
const SECTION_GLOBAL = 6, SECTION_EXPORT = 7, KIND_GLOBAL = 3;
const WASM_HEADER = 8, I32 = 0x7f, MUTABLE = 1;

/** The unsigned LEB128 number at `at`, and where it ends (WebAssembly Core Specification, Binary Format, Values). */
function readNumber(bytes, at) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return [value, at];
    }
}

function number(value) {
    const bytes = [];
    for (; value > 0x7f; value >>>= 7) bytes.push(value & 0x7f | 0x80);
    return [...bytes, value];
}

/**
 * The module with its only global, which compilers from LLVM keep the stack pointer in, exported: what leaves a wasm
 * function by a trap or an exception does not put it back. All else that an instance changes is memory and table.
 */
function exportStackPointer(module) {
    const parts = [module.subarray(0, WASM_HEADER)];
    let global = false;
    for (let at = WASM_HEADER; at < module.length;) {
        const [size, body] = readNumber(module, at + 1);
        if (module[at] === SECTION_GLOBAL) {
            const [count, first] = readNumber(module, body);
            global = count === 1 && module[first] === I32 && module[first + 1] === MUTABLE;
        }
        if (module[at] === SECTION_EXPORT) {
            const [count, first] = readNumber(module, body);
            const rest = module.subarray(first, body + size);
            const entry = [...number(STACK_POINTER.length), ...Buffer.from(STACK_POINTER), KIND_GLOBAL, 0];
            const head = number(count + 1);
            const length = number(head.length + rest.length + entry.length);
            parts.push(Buffer.from([SECTION_EXPORT, ...length, ...head]), rest, Buffer.from(entry));
        } else parts.push(module.subarray(at, body + size));
        at = body + size;
    }
    if (!global) throw new Error("this build of v86 has other globals than a stack pointer");
    return Buffer.concat(parts);
}

// v86 mirrors low memory below 4 GiB, where guests may write; a ROM is what it is.
function mapRom(cpu, image) {
    const romBase = TOP - image.length;
    const span = Math.ceil(image.length / MMAP_UNIT) * MMAP_UNIT;
    cpu.io.mmap_register(TOP - span, span, address => {
        const at = (address >>> 0) - romBase;
        return at >= 0 ? image[at] : 0xff;
    }, () => {}, address => {
        const at = (address >>> 0) - romBase;
        return at >= 0 ? image.readInt32LE(at) : -1;
    }, () => {});
}

export class Machine {
    /** `folder` holds v86's node_modules; `image` is the ROM. */
    static async make(folder, image) {
        const build = path.join(folder, "node_modules", "v86", "build");
        const { V86 } = await import(pathToFileURL(path.join(build, "libv86.mjs")));
        const module = exportStackPointer(fs.readFileSync(path.join(build, "v86.wasm")));
        const low = image.subarray(Math.max(0, image.length - LOW_ROM));
        const machine = new Machine();
        machine.emulator = new V86({
            wasm_fn: async imports => {
                const { instance } = await WebAssembly.instantiate(module, imports);
                return machine.wasm = instance.exports;
            },
            bios: { buffer: low.buffer.slice(low.byteOffset, low.byteOffset + low.length) },
            memory_size: MEMORY,
            vga_memory_size: 1 << 20,
            autostart: false,
            disable_keyboard: true,
            disable_mouse: true,
            disable_speaker: true,
        });
        await new Promise(resolve => machine.emulator.add_listener("emulator-loaded", resolve));
        machine.cpu = machine.emulator.v86.cpu;
        mapRom(machine.cpu, image);
        machine.prepare();
        return machine;
    }

    prepare() {
        const { cpu, wasm } = this;
        this.stackTop = wasm[STACK_POINTER].value;
        this.table = cpu.wm.wasm_table; // of compiled guest code
        this.compiling = 0; // modules under way
        this.life = 0; // how often the guest was put back
        wasm.v86_free(wasm.v86_malloc(HEAP_ROOM), HEAP_ROOM);
        const compile = cpu.codegen_finalize;
        cpu.codegen_finalize = (...argumentsOf) => compile.apply(this.compiler(), argumentsOf);
    }

    /** The `this` of one compilation: what comes too late for the life that has asked for it is dropped. */
    compiler() {
        const { cpu, table, life } = this;
        this.compiling++;
        const set = (index, code) => { if (life === this.life) table.set(index, code); };
        const finished = (...argumentsOf) => {
            if (life !== this.life) return;
            this.compiling--;
            cpu.codegen_finalize_finished(...argumentsOf);
        };
        return Object.create(cpu, {
            wm: { value: { wasm_table: { set } } },
            codegen_finalize_finished: { value: finished },
        });
    }

    /** Nothing wakes it up: HLT with interrupts off. */
    halted() {
        return this.cpu.in_hlt[0] && !(this.cpu.flags[0] & INTERRUPT_FLAG);
    }

    /** To be called where a guest was left by a trap or an exception. */
    unwind() {
        this.wasm[STACK_POINTER].value = this.stackTop;
    }

    /** Where guest memory begins in the instance's. */
    get guestOffset() {
        return this.cpu.mem8.byteOffset;
    }

    /** Guest memory from physical address `base` on. The view ends with the next growth of the instance's memory. */
    memory(base, size) {
        return Buffer.from(this.wasm.memory.buffer, this.guestOffset + base, size);
    }
}
