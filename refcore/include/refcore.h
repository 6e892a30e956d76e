/* SPDX-License-Identifier: BSD-2-Clause */
/* refcore.h - the reference core's public interface. A machine is one x86 processor, its RAM and a few PC
 * devices; a process may hold any number of machines; each is used by one thread at a time. Nothing else of
 * refcore/ is public. */
#ifndef REFCORE_H
#define REFCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define REFCORE_VERSION "1.0"

struct refcore; /* a machine */

/* ---- creation ---- */

/* The name of the CPU profile number `index`, from 0; NULL beyond the last. refcore_profile_title() says what
 * one is, or NULL if unknown. */
const char *refcore_profile_name(unsigned index);
const char *refcore_profile_title(const char *name);

/* A machine of the profile with `memory` bytes of RAM (64 KiB..3 GiB, rounded up to 64 KiB; host memory is
 * taken on first touch), at reset. NULL: unknown profile or no memory. */
struct refcore *refcore_create(const char *profile, uint64_t memory);
/* The same; RAM is the file, mapped shared and taken as it is, so that another process can read along. The
 * file has at least `memory` bytes (rounded up as above). It may be closed afterwards. */
struct refcore *refcore_create_shared(const char *profile, uint64_t memory, int file);
void refcore_destroy(struct refcore *m);
/* Processor and devices to their reset state; RAM stays. */
void refcore_reset(struct refcore *m);

/* ---- loading, at reset: each answers NULL, or what was wrong as a static sentence ---- */

/* A ROM image that ends at 4 GiB: a multiple of 64 KiB, at most 2 MiB. */
const char *refcore_load_rom(struct refcore *m, const void *image, size_t size);
/* A multiboot 1 kernel (ELF32, ELF64, a.out kludge), its command line and modules; starts in the state the
 * specification asks for. */
struct refcore_module {
    const void *bytes;
    size_t size;
    const char *command_line;
};
const char *refcore_load_multiboot(struct refcore *m, const void *kernel, size_t size,
                                   const char *command_line, const struct refcore_module *modules,
                                   unsigned module_count);
/* A raw disk image: its first sector at 0:7C00 in real mode, DL = 80h; INT 13h services of the image are
 * served by a small built-in BIOS. */
const char *refcore_load_disk(struct refcore *m, const void *image, size_t size);

/* ---- state ---- */

struct refcore_segment {
    uint16_t selector, rights; /* rights: bits 8..23 of the descriptor's high doubleword, limit bits clear */
    uint32_t limit;            /* bytes */
    uint64_t base;
    bool null;
};
struct refcore_state {
    uint64_t gpr[16], rip, rflags;     /* gpr in encoding order: AX CX DX BX SP BP SI DI R8.. */
    struct refcore_segment segment[8]; /* ES CS SS DS FS GS LDTR TR */
    uint64_t gdtr_base, idtr_base;
    uint16_t gdtr_limit, idtr_limit;
    uint64_t cr0, cr2, cr3, cr4, cr8, xcr0, efer, pdpte[4];
    uint64_t dr[4], dr6, dr7;
    uint32_t pkru, mxcsr;
    uint8_t cpl;
    uint16_t fcw, fsw, fop, fcs, fds;
    uint8_t ftw; /* FXSAVE's abridged form */
    uint64_t fip, fdp;
    struct {
        uint64_t significand;
        uint16_t sign_exponent;
    } st[8]; /* ST(0).. in stack order */
    uint8_t ymm[16][32];
    uint64_t instructions; /* retired since reset; not set by refcore_set_state() */
    bool halted, shutdown;
};
void refcore_get_state(struct refcore *m, struct refcore_state *to);
/* Takes the state as it is, no checks but these (false, nothing changed): CR0.PG without PE, cpl above 3,
 * reserved EFER combinations. */
bool refcore_set_state(struct refcore *m, const struct refcore_state *from);
/* MSR by index, as RDMSR and WRMSR at CPL 0 see it; false: #GP. */
bool refcore_read_msr(struct refcore *m, uint32_t index, uint64_t *value);
bool refcore_write_msr(struct refcore *m, uint32_t index, uint64_t value);

/* Physical memory; RAM and ROM only: bytes elsewhere read as FFh and are not written. */
void refcore_read_memory(struct refcore *m, uint64_t address, void *to, size_t size);
void refcore_write_memory(struct refcore *m, uint64_t address, const void *from, size_t size);

/* ---- running ---- */

enum refcore_end {
    REFCORE_LIMIT,    /* the instruction limit */
    REFCORE_EXIT,     /* the guest wrote the exit port: refcore_exit_code() */
    REFCORE_SHUTDOWN, /* triple fault or reset request */
    REFCORE_HALT,     /* halted, and nothing will wake it */
    REFCORE_STOPPED,  /* refcore_stop() */
};
/* Runs at most `limit` instructions. A REP string instruction counts one for each 4096 iterations or part of
 * them; a delivered exception or interrupt counts one; time in HLT counts as if instructions had passed. */
enum refcore_end refcore_run(struct refcore *m, uint64_t limit);
/* (v << 1) | 1 of the value written to port F4h, as QEMU's isa-debug-exit gives. */
int refcore_exit_code(const struct refcore *m);
/* From a hook: the run ends at the next instruction boundary. */
void refcore_stop(struct refcore *m);

/* ---- events ---- */

enum refcore_event_kind {
    REFCORE_FAULT = 1, /* RIP is the instruction; nothing of it has happened */
    REFCORE_TRAP =
        2, /* RIP is the next instruction's; #DB of an instruction breakpoint too, RIP is its own */
    REFCORE_SOFTWARE = 3,  /* INT n: RIP is the instruction, next_rip what is pushed */
    REFCORE_INT3_INTO = 4, /* likewise */
    REFCORE_ICEBP = 5,     /* likewise */
    REFCORE_EXTERNAL = 6,  /* RIP is the next instruction's */
};
struct refcore_event {
    enum refcore_event_kind kind;
    uint8_t vector;
    bool has_error;
    uint32_t error;
    uint64_t next_rip; /* kinds 3 to 5 */
    uint64_t dr6;      /* refcore_deliver() of #DB: bits to set, B0..B3 are replaced */
};
/* Delivers an event that came about outside, at the present RIP, with all that follows from it (double fault, triple fault, task
 * switch); CR2 is as the state has it. false: shutdown. */
bool refcore_deliver(struct refcore *m, const struct refcore_event *event);
/* A maskable interrupt waits at the processor's pin, whether IF lets it in or not. */
bool refcore_interrupt_waits(struct refcore *m);
/* What the processor looks for between two instructions: pending debug traps and interrupts. true: one was delivered, look again. */
bool refcore_boundary(struct refcore *m);

/* ---- hooks; NULL takes one away ---- */

struct refcore_hooks {
    void *context;
    void (*debug_byte)(void *context, uint8_t byte);  /* port E9h */
    void (*serial_byte)(void *context, uint8_t byte); /* the 16550's transmitter */
    /* Its receiver: a byte, or -1 if none has come. Asked for while the guest reads the 16550's registers and
     * its FIFO has room; so nothing is ever overrun, and a guest that waits for IRQ 4 must look once by
     * itself. */
    int (*serial_input)(void *context);
    /* ports nobody serves; true: handled (in: *value set). size 1, 2, 4 */
    bool (*port_in)(void *context, uint16_t port, unsigned size, uint32_t *value);
    bool (*port_out)(void *context, uint16_t port, unsigned size, uint32_t value);
    /* After each access to a port, served or not; `out`: a write. */
    void (*port_seen)(void *context, uint16_t port, unsigned size, uint32_t value, bool out);
    /* Before an exception or interrupt is delivered, the state is that of its boundary: true means that it is not delivered (say
     * refcore_stop() then). And again when it has been (`delivered`), the state is the handler's. */
    bool (*event)(void *context, const struct refcore_event *event, bool delivered);
    /* before each instruction: its address, length and text in SDM notation. Slow. */
    void (*instruction)(void *context, const struct refcore_state *state, unsigned length, const char *text);
};
void refcore_set_hooks(struct refcore *m, const struct refcore_hooks *hooks);

/* ---- the machine as a part of another program ---- */

/* Registers that refcore_state lacks, as they are; nothing is checked. */
struct refcore_msrs {
    uint64_t star, lstar, cstar, fmask, kernel_gs_base, tsc_aux, pat, apic_base;
    uint64_t sysenter_cs, sysenter_esp, sysenter_eip, debugctl;
};
void refcore_get_msrs(const struct refcore *m, struct refcore_msrs *to);
void refcore_set_msrs(struct refcore *m, const struct refcore_msrs *from);
/* RAM was written from outside (refcore_create_shared()): code decoded from there is stale. size 0: all of RAM. */
void refcore_memory_changed(struct refcore *m, uint64_t address, uint64_t size);
/* Ports and the interrupt line are the caller's instead of the built-in devices', and time has no events. NULL functions: ports read
 * as ones. */
struct refcore_board {
    void *context;
    uint32_t (*port_in)(void *context, uint16_t port, unsigned size);
    void (*port_out)(void *context, uint16_t port, unsigned size, uint32_t value);
};
void refcore_set_board(struct refcore *m, const struct refcore_board *board);
/* With a board: a maskable interrupt waits, until it is acknowledged; -1: none does. */
void refcore_set_interrupt(struct refcore *m, int vector);
int refcore_interrupt(const struct refcore *m);

/* ---- snapshots: processor, devices, RAM; from the second one on, taking and restoring cost what was written in between ---- */

struct refcore_snapshot;
struct refcore_snapshot *refcore_snapshot_take(struct refcore *m); /* NULL: no memory */
/* Of the same machine only. */
void refcore_snapshot_restore(struct refcore *m, const struct refcore_snapshot *s);
void refcore_snapshot_free(struct refcore_snapshot *s);

#ifdef __cplusplus
}
#endif

#endif
