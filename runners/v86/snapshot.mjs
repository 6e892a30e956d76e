// SPDX-License-Identifier: BSD-2-Clause
// The whole guest at one moment, and back to it. What v86 changes while it runs a guest is the instance's memory (guest
// memory, processor, interrupt controllers, translations), its table of compiled code, and the devices' JavaScript objects.

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array);

/** Plain data of the devices, found by walking their objects; the processor, the buses and I/O's tables are left out. */
class Objects {
    constructor(roots, beyond, memory) {
        this.fields = []; // [object, [[key, value]...], length of an array]
        this.arrays = []; // [typed array, its content]
        this.seen = new Set(beyond);
        this.memory = memory;
        roots.forEach(root => this.take(root));
    }

    take(object) {
        if (this.seen.has(object)) return;
        this.seen.add(object);
        if (object instanceof TYPED_ARRAY) {
            if (object.buffer !== this.memory.buffer) this.arrays.push([object, object.slice()]);
            return;
        }
        if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer) return; // a view's bytes are those of an array
        const entries = Object.entries(object).filter(([, value]) => typeof value !== "function");
        this.fields.push([object, entries, Array.isArray(object) ? object.length : -1]);
        for (const [, value] of entries) if (value !== null && typeof value === "object") this.take(value);
    }

    restore() {
        for (const [object, entries, length] of this.fields) {
            if (length >= 0) object.length = length;
            for (const [key, value] of entries) if (object[key] !== value) object[key] = value;
        }
        for (const [array, content] of this.arrays) array.set(content);
    }
}

export class Snapshot {
    /** `from` to `to` are physical addresses of what is not put back. */
    constructor(machine, from, to) {
        const { cpu, wasm, table } = machine;
        const memory = new Uint8Array(wasm.memory.buffer);
        const hole = [machine.guestOffset + from, machine.guestOffset + to];
        this.machine = machine;
        this.pieces = [[0, hole[0]], [hole[1], memory.length]].map(([a, b]) => [a, memory.slice(a, b)]);
        this.table = Array.from({ length: table.length }, (_, n) => table.get(n));
        const buses = [cpu.bus, machine.emulator.bus, machine.emulator.emulator_bus];
        this.objects = new Objects(Object.values(cpu.devices), [cpu, cpu.io, machine.emulator, ...buses], wasm.memory);
        this.firmware = [cpu.fw_value, cpu.fw_pointer];
    }

    restore() {
        const { machine } = this;
        const { cpu, wasm, table } = machine;
        machine.life++;
        machine.compiling = 0;
        const memory = new Uint8Array(wasm.memory.buffer);
        for (const [at, bytes] of this.pieces) memory.set(bytes, at);
        this.table.forEach((code, n) => { if (table.get(n) !== code) table.set(n, code); });
        this.objects.restore();
        [cpu.fw_value, cpu.fw_pointer] = this.firmware;
    }
}
