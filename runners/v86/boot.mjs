// SPDX-License-Identifier: BSD-2-Clause
// Boots a ROM image on v86 and copies the guest's stream out; `run` starts it and watches over it.
//   node boot.mjs '{"folder": of v86, "image", "stream", "heartbeat": paths, "channel": "ram" or "e9",
//                   "outBase", "outSize", "start": of the image's header, "careful", "resume": booleans,
//                   "header": its offset in the image}'
// Exit codes are those of docs/runner-protocol.md. The heartbeat gets a byte whenever the emulator has come back to its main loop.
import fs from "node:fs";
import { Machine } from "./machine.mjs";
import { Snapshot } from "./snapshot.mjs";
import { Restarted, Stream } from "./stream.mjs";

const BYE = 40, SHUTDOWN = 41, HANG = 42, EMULATOR_ERROR = 43;
const HEADER_FLAGS = 0x20, FLAG_RESUMABLE = 2;
const RESUME_PORT = 0xf6, RESUME_DONE = 3;
const SAME_MAX = 3; // how often in a row one ordinal may end the guest
const NEVER = 0xffffffff;
const LOOK_MS = 2;
const STALL_S = 1; // of processor time without a byte of stream; what lives needs less than a sixth of it
const ASLEEP_S = 3; // in HLT, and nothing comes
const RESET = "the guest was reset";

const call = JSON.parse(process.argv[2]);

function end(code, message) {
    if (message) fs.writeSync(2, message + "\n");
    process.exit(code);
}

/** How a guest has ended. */
class Death extends Error {
    constructor(code, message) {
        super(message);
        this.code = code;
    }
}

function deathOf(error) {
    if (error instanceof Death) return error;
    if (error instanceof Restarted) return new Death(SHUTDOWN, error.message);
    return new Death(EMULATOR_ERROR, `v86: ${error && error.message || error}`);
}

/** Thrown at a resume point, so that nothing of the emulator is under way when the snapshot is taken. */
const AT_RESUME_POINT = new Error("resume point");

class Session {
    constructor(machine) {
        const { cpu } = machine;
        this.machine = machine;
        this.stream = new Stream(call.stream, () => machine.memory(call.outBase, call.outSize), call.start);
        this.bytes = []; // of port E9h
        this.snapshot = null;
        this.due = false; // a snapshot
        this.end = null; // of what the harness asked for
        this.carefulUntil = call.careful ? NEVER : 0; // as last told the kit
        this.hole = null; // a charged ordinal that the range in work stops before
        this.lastDead = null; // the ordinal that died last, and how often in a row
        this.deaths = 0;
        cpu.io.register_write(0xe9, {}, call.channel === "e9" ? value => this.bytes.push(value) : () => {});
        if (call.resume) cpu.io.register_write(RESUME_PORT, {}, () => this.atResumePoint());
        cpu.reboot_internal = () => { throw new Death(SHUTDOWN, RESET); };
        this.loop = cpu.main_loop;
        cpu.main_loop = () => this.turn();
        this.progressed();
    }

    /** True if the guest has said something new. */
    copy() {
        if (call.channel === "ram") return this.stream.follow();
        const count = this.bytes.length;
        if (count) this.stream.append(Buffer.from(this.bytes.splice(0)));
        return count > 0;
    }

    /** One turn of v86's main loop. Returns the milliseconds until the next one. */
    turn() {
        try {
            if (this.due) return this.takeSnapshot();
            const pause = this.loop.call(this.machine.cpu);
            if (this.machine.halted()) this.atHalt();
            return pause;
        } catch (error) {
            this.machine.unwind();
            if (error === AT_RESUME_POINT) this.due = true;
            else this.die(deathOf(error));
            return 0;
        }
    }

    /** CLI and HLT: what the kit ends with, and what nothing wakes up. */
    atHalt() {
        this.copy();
        if (call.channel !== "ram" || this.stream.finished()) end(BYE);
        throw new Death(HANG, "halted with interrupts off");
    }

    atResumePoint() {
        const { kind } = this.stream.block();
        if (kind !== RESUME_DONE) throw AT_RESUME_POINT;
        if (this.hole === null) return;
        this.stream.prolong(this.hole + 1, this.end);
        this.hole = null;
    }

    /** Once no compilation is under way: what has been asked for it cannot be asked again by a guest that is put back. */
    takeSnapshot() {
        if (this.machine.compiling > 0) return 0;
        this.due = false;
        this.stream.follow();
        this.end ??= this.stream.block().end;
        this.snapshot = new Snapshot(this.machine, call.outBase, call.outBase + call.outSize);
        return 0;
    }

    resume(next, end, carefulUntil) {
        this.snapshot.restore();
        this.due = false;
        this.carefulUntil = carefulUntil;
        this.stream.writeBlock(next, end, carefulUntil);
        this.progressed();
        this.machine.emulator.v86.next_tick(0);
    }

    /**
     * The guest is dead. Where a case was in flight the run goes on: what is not verified runs again with care, and
     * the case is charged if it alone ends the guest again.
     */
    die(death) {
        const { stream } = this;
        try {
            this.copy();
        } catch (error) {
            death = deathOf(error);
        }
        if (call.channel === "ram" && stream.finished()) end(BYE);
        const dead = stream.inFlight && stream.inFlight.ordinal;
        this.deaths = dead === this.lastDead ? this.deaths + 1 : 1;
        this.lastDead = dead;
        if (!this.snapshot || dead === null || stream.lost || this.deaths > SAME_MAX || stream.parsed !== stream.copied)
            end(death.code, death.message);
        if (dead >= this.carefulUntil) {
            stream.retract();
            this.resume(stream.verified, this.end, dead + 1);
            return;
        }
        if (stream.verified < dead) {
            stream.retract();
            stream.ended(death.code, death.message);
            this.hole = dead;
            this.resume(stream.verified, dead, dead);
        } else {
            stream.ended(death.code, death.message);
            this.hole = null;
            stream.verified = dead + 1;
            this.resume(dead + 1, this.end, this.carefulUntil);
        }
    }

    progressed() {
        this.processorTime = process.cpuUsage();
        this.time = performance.now();
    }

    watch() {
        try {
            if (this.copy()) this.progressed();
            if (call.channel === "ram" && this.stream.finished()) end(BYE);
            const { user, system } = process.cpuUsage(this.processorTime);
            if (user + system > STALL_S * 1e6) throw new Death(HANG, `no output for ${STALL_S} s of processor time`);
            if (this.machine.cpu.in_hlt[0] && performance.now() - this.time > ASLEEP_S * 1e3)
                throw new Death(HANG, `halted, and nothing has woken it for ${ASLEEP_S} s`);
        } catch (error) {
            this.die(deathOf(error));
        }
    }
}

let session = null;

function died(error) {
    try {
        if (session) session.copy();
    } catch { /* what it died of is told */ }
    const death = deathOf(error);
    end(death.code, death.message);
}
process.on("uncaughtException", died);
process.on("unhandledRejection", died);
for (const name of ["log", "info", "debug", "warn", "error"]) console[name] = () => {};

const image = fs.readFileSync(call.image);
if (call.resume) image.writeUInt32LE(image.readUInt32LE(call.header + HEADER_FLAGS) | FLAG_RESUMABLE, call.header + HEADER_FLAGS);
const heartbeat = fs.openSync(call.heartbeat, "a");
session = new Session(await Machine.make(call.folder, image));

function look() {
    fs.writeSync(heartbeat, ".");
    session.watch();
    setTimeout(look, LOOK_MS);
}

session.machine.emulator.run();
look();
