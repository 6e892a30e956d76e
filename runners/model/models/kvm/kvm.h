/* SPDX-License-Identifier: BSD-2-Clause */
/* kvm.h - the model `kvm`: what its parts know of each other. The machine, its CPUID and the tests of what KVM's emulator
 * lacks are the KVM runner's (runners/kvm/src). */
#ifndef RINGDIFF_MODEL_KVM_H
#define RINGDIFF_MODEL_KVM_H

#include "../../../kvm/src/runner.h"

#include <sys/types.h>

#pragma GCC visibility push(default)
#include "ringdiff_model.h"
#pragma GCC visibility pop

enum { PAGE = 4096, REASON = 240 };
enum { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, SEG_LDTR, SEG_TR };
#define CR0_PE      UINT64_C(1)
#define CR0_PG      (UINT64_C(1) << 31)
#define CR4_PAE     (UINT64_C(1) << 5)
#define CR4_OSXSAVE (UINT64_C(1) << 18)
#define EFER_LMA    (UINT64_C(1) << 10)
#define FLAG_IF     (UINT64_C(1) << 9)
#define FLAG_VM     (UINT64_C(1) << 17)

/* ---- capture.c: where a window ends ----
 *
 * The pages of the capture ranges are no memory of the machine: their first instruction cannot be fetched, and KVM_RUN returns
 * with RIP there. Data of these pages is served as MMIO.
 *
 * What real mode reaches is HLT instead, in a read-only slot: kvm_pvm raises #UD in real mode where nothing can be fetched. */

enum { RANGES_MAX = 8 };
struct captures {
    struct ringdiff_range range[RANGES_MAX]; /* as of the last run */
    uint32_t count;
    unsigned slots; /* in use */
    bool built;
    uint8_t *halts;
    size_t halts_size;
};
/* Builds the memory slots around the ranges, if they are not those of the last run. NULL, or what is wrong. */
const char *captures_set(struct captures *c, const struct vm *vm, const struct ringdiff_range *range,
                         uint32_t count);
void captures_free(struct captures *c);
/* Whether an instruction at `rip` lies in one. */
bool captures_have(const struct captures *c, const struct kvm_sregs *sregs, uint64_t rip);

/* ---- shadow.c: what KVM has derived from the guest's page tables ---- */

struct shadow {
    bool stale; /* the host has written memory since */
    uint64_t at;
    int stats;      /* file of KVM's counts, or -1 */
    off_t count_at; /* of shadow tables made; 0: none */
    uint64_t count; /* ... at the last drop */
};
void shadow_open(struct shadow *s, const struct vm *vm);
void shadow_close(struct shadow *s);
/* Makes KVM forget it, if the next window may use it. NULL, or what is wrong. */
const char *shadow_refresh(struct shadow *s, const struct vm *vm, const struct ringdiff_state *state);

/* ---- inject.c and extract.c: the state, into KVM and out of it ---- */

enum { MSRS = 11 };
struct holding {
    struct ringdiff_state state; /* what KVM has: of FPU, debug registers, XCR0 and MSRs */
    bool known;
    bool pkru, sregs2;
    uint64_t components; /* of XSAVE that go in */
    bool has[MSRS];      /* KVM knows this MSR */
};
union msr_list { /* with room for all of them */
    struct kvm_msrs all;
    uint8_t room[sizeof(struct kvm_msrs) + MSRS * sizeof(struct kvm_msr_entry)];
};
/* The MSRs of the state. */
extern const uint32_t msr_index[MSRS];
uint64_t *msr_field(struct ringdiff_state *s, unsigned which);
/* Asks KVM which parts it has. */
void holding_probe(struct holding *h, const struct vm *vm);
/* All of it: system registers only as far as KVM_RUN takes them. NULL, or what KVM refuses. */
const char *inject(struct holding *h, const struct vm *vm, const struct ringdiff_state *state);
/* What KVM_RUN has refused of that, or NULL. */
const char *inject_refused(const struct vm *vm);
/* Offset of PKRU in the standard XSAVE format; 0: none. */
unsigned xsave_pkru(void);
/* NULL, or what is wrong. `launch`: what was injected. */
const char *extract(struct holding *h, const struct vm *vm, const struct ringdiff_state *launch,
                    struct ringdiff_state *state);

/* ---- modes.c: what of the state this KVM does not keep ---- */

/* The modes that it cannot be in, as bits of ringdiff_info.modes. */
uint32_t modes_lacking(struct classes *classes, const struct vm *vm);
/* NULL, or why this state cannot be entered. */
const char *modes_refuse(uint32_t lacking, const struct ringdiff_state *s);

/* ---- run.c ---- */

struct model {
    struct vm vm;
    const struct ringdiff_machine *machine;
    struct classes *classes;
    struct captures captures;
    struct shadow shadow;
    struct holding holding;
    struct ringdiff_state launch;
    uint32_t lacking; /* modes, as bits of ringdiff_info.modes */
    int kvm;
    int interrupt; /* pending, or -1 */
    char reason[REASON];
};
enum ringdiff_end run_window(struct model *m, const struct ringdiff_run_limits *limits);

#endif
