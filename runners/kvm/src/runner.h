/* runner.h - the KVM runner: what its parts know of each other (docs/runner-protocol.md).
   SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_RUNNER_H
#define KVM_RUNNER_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes of docs/runner-protocol.md. */
enum { EXIT_BYE = 40, EXIT_SHUTDOWN, EXIT_HANG, EXIT_EMULATOR, EXIT_UNAVAILABLE };

/* Says one line on stderr, which the harness shows, and leaves with a protocol exit code. */
_Noreturn void leave(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- what is asked for ---- */

enum vendor { VENDOR_INTEL, VENDOR_AMD };

/* What each window begins with.  The last two are for tests: five NOPs show that windows are none the worse
   for what is put before them; UNASKED is the prefix where this KVM may not take it. */
enum prefix_kind { PREFIX_NONE, PREFIX_FORCED, PREFIX_NOPS, PREFIX_UNASKED };

struct call {
    bool probe;
    const char *image, *stream;
    enum vendor vendor;
    enum prefix_kind prefix;
    bool hidden; /* hand over hidden segment parts */
};

/* ---- the image (docs/image-format.md) ---- */

enum channel { CHANNEL_RAM, CHANNEL_E9, CHANNEL_UART, CHANNEL_BOCHS_RAM };

/* Header flags. */
enum { FLAG_CAREFUL = 1, FLAG_RESUMABLE = 2, FLAG_ASSISTED = 4, FLAG_WITNESS = 8 };

struct image {
    uint8_t *rom; /* writable copy of the file */
    size_t size;
    enum channel channel;
    uint32_t word_size; /* bytes: 4 in home 32, 8 in home 64 */
    uint32_t start, count, flags, out_base, out_size;
};

/* Reads a ROM image. */
void image_load(struct image *image, const char *path);
/* Sets flags in its header. */
void image_flag(struct image *image, uint32_t flags);

/* ---- the implementation under test ---- */

/* "kvm_amd", "kvm_intel", "kvm_pvm", ...: the modules that can be behind /dev/kvm, sorted and joined by
 * '+'. */
const char *host_kind(void);
/* The same as a family of implementations: "kvm-pvm". */
const char *host_family(void);
/* Kernel release and kind: what `./ringdiff backends` shows as the version. */
const char *host_version(void);
/* The vendor of the CPU this runs on: "GenuineIntel", "AuthenticAMD", ... */
const char *host_vendor(void);
/* Why a guest cannot show this vendor here, or NULL. */
const char *host_refuses(enum vendor vendor);

/* Why no window can begin with KVM's forced-emulation prefix, as far as the module's parameter tells, or NULL. */
const char *host_refuses_prefix(void);

/* ---- resume points (docs/runner-protocol.md): the kit writes this port, its state in the RAM channel's
 * header ---- */
#define RESUME_PORT 0xf6
#define SCAN_PORT   0xf7
#define CRC_PORT    0xf8
#define DELTA_PORT  0xf9
#define DELTA_UPDATE                                                                                         \
    1u /* in EAX: the copy is brought up to date; of the kit's deltas only the launch wants it */
/* The witness build of the kit writes it at each capture: testcases/kit/witness.inc */
#define WITNESS_PORT 0xfa
enum resume_kind { RESUME_HOME = 1, RESUME_MODE, RESUME_DONE };
struct resume_block { /* at offset 16 of the RAM channel */
    uint32_t written, finished, kind, next, end, careful_until, seq;
};

/* ---- one virtual machine ---- */

#define PREFIX_SIZE 5u
struct prefix {
    const uint8_t *bytes;       /* PREFIX_SIZE of them */
    uint8_t under[PREFIX_SIZE]; /* what lay there */
    uint32_t at;                /* physical */
    bool due;                   /* this is the launch delta */
    bool placed;
};

struct vm {
    int kvm, machine, vcpu;
    struct kvm_run *run;
    size_t run_size;
    uint8_t *ram;
    size_t ram_size;
    bool borrowed; /* the RAM is somebody else's */
    bool logged;
    uint64_t *host_written; /* pages that the host wrote behind KVM's back since; a bit each */
    uint32_t word_size;     /* of the kit in it, bytes; 0 in a tiny guest */
    struct prefix *prefix;  /* what each window begins with, or NULL */
    bool chips;             /* 8259s, 8254 and APIC are KVM's */
    uint8_t *rom;           /* NULL in a tiny guest */
    size_t rom_size;
    int xsave_size; /* of KVM_GET_XSAVE2, or 0: the old call of 4 KiB */
    struct kvm_msr_list *msrs;
};

/* Opens /dev/kvm and checks what the runner cannot do without.  Returns -1 and a reason if that fails. */
int kvm_open(const char **reason);
/* A machine with `ram_size` bytes of zeroed RAM at 0, and if `rom` is given a ROM that ends at 4 GiB with the
   last 128 KiB of it again below 1 MiB; one processor after reset.  Returns false and a reason if KVM
   refuses. */
bool vm_create(struct vm *vm, int kvm, size_t ram_size, const struct image *rom, enum vendor vendor,
               const char **reason);
/* The same around RAM that is the caller's: without memory slots, ROM and chips. */
bool vm_create_around(struct vm *vm, int kvm, uint8_t *ram, size_t ram_size, enum vendor vendor,
                      const char **reason);
/* A memory slot of KVM; `size` 0 takes it away. -1 and errno if KVM refuses. */
int vm_set_slot(const struct vm *vm, uint32_t slot, uint32_t flags, uint64_t at, size_t size,
                const uint8_t *host);
void vm_destroy(struct vm *vm);
/* Turns the log of written pages on; from here on vm_written gives the pages written since, a bit each. */
void vm_log_writes(struct vm *vm);
void vm_written(struct vm *vm, uint64_t *bitmap);
/* The host has written to guest memory itself, which KVM's log does not tell. */
void vm_host_writes(const struct vm *vm, uint64_t at, uint64_t size);
/* Makes KVM forget what it derived from guest memory: the host has written page tables behind its back.
   Empties the log of written pages. */
void vm_forget_translations(struct vm *vm);

/* CPUID as the host supports it, filtered to what a processor of this vendor shows. */
void cpuid_set(const struct vm *vm, enum vendor vendor);

/* ---- ports ---- */

struct board {
    uint8_t a20, uart_scratch;
    uint8_t palette[768];
    uint8_t palette_read, palette_write, palette_phase, palette_mask;
    bool palette_reading;
    bool stopped;                 /* the guest asked for the end (port 0xf4) */
    void (*put)(void *, uint8_t); /* a byte for channel E9 or UART, or NULL */
    enum channel channel;
    void *owner;
};
void board_init(struct board *board);
/* Serves one KVM_EXIT_IO of the guest. */
void board_io(struct board *board, struct kvm_run *run);

/* ---- snapshots ---- */

struct snapshot {
    bool taken;
    struct kvm_regs regs;
    struct kvm_sregs sregs;
    struct kvm_xsave *xsave;
    struct kvm_xcrs xcrs;
    struct kvm_vcpu_events events;
    struct kvm_debugregs debug;
    struct kvm_mp_state mp;
    struct kvm_irqchip pic[2], ioapic;
    struct kvm_pit_state2 pit;
    struct kvm_lapic_state lapic;
    struct kvm_msrs *msrs;
    uint8_t *ram; /* [0, ram_size) of the guest */
    uint64_t *written;
    size_t ram_size;
    struct board board;
};

/* The whole processor, the RAM below `ram_size`, and the board. */
void snapshot_take(struct snapshot *snapshot, struct vm *vm, const struct board *board, size_t ram_size);
void snapshot_restore(struct snapshot *snapshot, struct vm *vm, struct board *board);
void snapshot_free(struct snapshot *snapshot);

/* ---- the stream ---- */

enum frame {
    FRAME_CASE_BEGIN = 4,
    FRAME_RECORD = 5,
    FRAME_VERIFIED = 7,
    FRAME_RETRACT = 8,
    FRAME_ENDED = 11,
    FRAME_HIDDEN = 14
};

struct stream {
    int file;
    uint8_t *header;   /* the RAM channel's 64 bytes, in guest memory */
    uint32_t limit;    /* bytes of stream it can hold */
    uint32_t copied;   /* how far the host has followed */
    uint32_t parsed;   /* how far frames have been read */
    uint32_t verified; /* first ordinal that is not final */
    uint32_t seq;      /* number of the next frame */
    bool in_flight;    /* a case has begun and left no record */
    uint32_t key, index, ordinal;
    bool hidden; /* HIDDEN frames are wanted */
    bool lost;   /* the guest has written what is no frame: nothing can be told of it any more */
};

void stream_open(struct stream *stream, const char *path, uint8_t *header, uint32_t out_size, uint32_t start);
/* Copies what the guest has added; true if there was anything. */
bool stream_follow(struct stream *stream);
bool stream_finished(const struct stream *stream);
/* CRC-32 of IEEE 802.3. */
uint32_t crc32(const uint8_t *bytes, size_t count);
/* Appends bytes of the guest's (port channels) to the file. */
void stream_bytes(struct stream *stream, const void *bytes, size_t count);
/* Appends a frame of the runner's own. */
void stream_frame(struct stream *stream, enum frame type, uint32_t seq, const void *payload, uint32_t size);

/* ---- running ---- */

struct ending;

/* END_LACKS: the case cannot be run as was asked for; `text` says why. */
enum end { END_BYE, END_SHUTDOWN, END_HANG, END_INTERNAL, END_RESUME_POINT, END_LACKS };

struct ending {
    enum end end;
    uint32_t suberror; /* of KVM_EXIT_INTERNAL_ERROR */
    uint8_t insn[16];  /* what KVM could not emulate */
    unsigned insn_size;
    char text[240];
};

/* Ticks every 10 ms from here on, each a return of KVM_RUN, until watch_stop. */
void watch_start(void);
void watch_stop(void);
/* Holds the ticks back, and lets them through again. */
void watch_hold(bool hold);
/* Runs until something ends it.  `stream` may be NULL (tiny guests); silence for `stall_ms` is a hang. */
/* What a KVM_EXIT_INTERNAL_ERROR or KVM_EXIT_FAIL_ENTRY says. */
void guest_failure(const struct vm *vm, struct ending *ending);
void guest_run(struct vm *vm, struct board *board, struct stream *stream, unsigned stall_ms,
               struct ending *ending);

/* ---- what the kit is helped with where KVM emulates (docs/runner-protocol.md, Assistance) ---- */

/* This KVM_EXIT_IO is to one of the kit's own ports. */
bool assist_is_port(const struct vm *vm);
void assist_port(struct vm *vm);
/* Completes an instruction that KVM could not emulate and that the kit cannot do without; true if the guest
 * can go on. */
bool assist_instruction(struct vm *vm, const struct ending *ending);
/* UD2, which some KVM cannot emulate, is undefined by definition: makes the exception pending. */
bool assist_is_undefined(const struct ending *ending);
void assist_raise_undefined(struct kvm_vcpu_events *events);

/* ---- what windows begin with: of vm->prefix, which is not NULL in the first two ---- */

/* PREFIX_SIZE bytes. */
const uint8_t *prefix_bytes(enum prefix_kind kind);
/* To be called before and after each of the kit's own ports is served: what lies before the last window is
   taken away, and put before the next one at its launch delta.  Why this case cannot be run so, or NULL. */
const char *prefix_lift(struct vm *vm);
const char *prefix_place(struct vm *vm);
/* Why a guest that is dead has not run its window, as far as the prefix is to blame, or NULL. */
const char *prefix_died(const struct vm *vm);
/* Guest memory is another's: nothing lies before any window. */
void prefix_forget(struct vm *vm);

/* ---- hidden segment parts ---- */

/* Serves the witness port: a HIDDEN frame where it is wanted; true if this KVM_EXIT_IO is to that port. */
bool hidden_port(const struct vm *vm, struct stream *stream);

/* ---- classes of instructions that this KVM may not emulate ---- */

struct classes;
struct classes *classes_new(int kvm, enum vendor vendor);
void classes_free(struct classes *classes);
/* The name of the class the guest has stopped at, if a tiny guest shows that all of it is missing here; else
   NULL. A class is asked for once. */
const char *classes_missing(struct classes *classes, const struct vm *vm, const struct ending *ending);
/* No guest can switch on 32-bit or PAE paging in protected mode. */
bool classes_lack_paging(struct classes *classes, bool pae);
/* SSE instructions of the kit are not emulated: it must be assisted. */
bool classes_lack_simd(struct classes *classes);
/* Where an instruction behind these PREFIX_SIZE bytes is not run, as one line; NULL if that is everywhere. */
const char *classes_prefix_lacks(struct classes *classes, const uint8_t *prefix);
/* The commonest that are missing, as one line. */
const char *classes_line(struct classes *classes);

/* ---- a whole boot ---- */
_Noreturn void boot(const struct call *call);

#endif
