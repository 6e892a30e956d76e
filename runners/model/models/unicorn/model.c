/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - the model `unicorn`. libunicorn has no IDT delivery: every event ends the run and is reported. */
#include "engine.h"
#include "paging/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CR4_PKE      (UINT64_C(1) << 22)
#define PHYSICAL_END (UINT64_C(1) << 32)
#define SCRATCH      UINT64_C(0xd7a53000) /* a page of code of the model's own, where no case looks */
enum { EFER_LMA = 1 << 10, CR0_PE = 1, CR0_WP = 1 << 16, CS_L = 0x2000 };
enum { PAGE = 4096, CODE_PAGES = 64 };
enum { VECTOR_DB = 1, VECTOR_BP = 3, VECTOR_OF = 4, VECTOR_UD = 6, VECTOR_PF = 14 };

struct unicorn {
    struct ringdiff_machine machine;
    struct library library;
    struct layout layout;
    uc_engine *uc;
    uc_context *context, *flusher;
    bool identity;                          /* 2.0: linear addresses are used as physical ones */
    uint8_t *scratch;                       /* the page of flusher's code */
    struct ringdiff_state state, x87, msrs; /* x87, msrs: what the context holds */
    bool old;                               /* version 2.0 */
    bool flush;                             /* the TLB, before the next run */
    /* pages that code was translated from, as they were then: hosts change them unseen */
    struct {
        uint64_t page; /* physical */
        bool stale;
        uint8_t bytes[PAGE];
    } code[CODE_PAGES];
    unsigned codes;
    /* the run */
    uint64_t blocks, blocks_max;
    int vector; /* -1: none yet */
    bool too_long;
    const char *lacks;
    char reason[200];
};
static char no_model[320];

static char version_text[64] = "not loaded";
static struct ringdiff_info info = {
    .abi = RINGDIFF_MODEL_ABI,
    .modes = RINGDIFF_REAL | RINGDIFF_UNREAL | RINGDIFF_VM86 | RINGDIFF_PM16 | RINGDIFF_PM32 |
             RINGDIFF_PM32_P32 | RINGDIFF_PM32_PAE | RINGDIFF_LONG64 | RINGDIFF_COMPAT16 | RINGDIFF_COMPAT32,
    .can = RINGDIFF_CAN_X87 | RINGDIFF_CAN_SSE | RINGDIFF_CAN_PAGE | RINGDIFF_CAN_IO | RINGDIFF_CAN_HIDDEN |
           RINGDIFF_CAN_DEBUG,
    .cpls = 15,
    .name = "unicorn",
    .version = version_text,
    .detail = "libunicorn: QEMU 5's TCG as a library, without event delivery",
};

/* Version and abilities are those of the library that ringdiff_create() has loaded; before it, of none. */
const struct ringdiff_info *ringdiff_info(void) {
    return &info;
}

/* ---- hooks ---- */

static void on_interrupt(uc_engine *uc, uint32_t vector, void *context) {
    struct unicorn *u = context;
    u->vector = (int)vector;
    u->library.emu_stop(uc);
}

static void on_system_call(uc_engine *uc, void *context) {
    struct unicorn *u = context;
    u->lacks = "libunicorn leaves SYSCALL and SYSENTER to its embedder";
    u->library.emu_stop(uc);
}

/* Keeps the bytes of the page that an address is translated from. */
static void watch_page(struct unicorn *u, uint64_t linear) {
    const struct guest_ram ram = {u->machine.ram, u->machine.ram_size};
    const struct translation t = page_walk(&ram, &u->state, linear);
    const uint64_t page = u->identity ? linear & ~(uint64_t)(PAGE - 1) : t.physical;
    for (unsigned i = 0; i < u->codes; i++)
        if (u->code[i].page == page)
            return;
    if (page + PAGE > u->machine.ram_size)
        return;
    if (u->codes == CODE_PAGES) {
        u->library.ctl(u->uc, UC_CTL_WRITE(UC_CTL_TB_FLUSH, 0));
        u->codes = 0;
    }
    u->code[u->codes].page = page;
    u->code[u->codes].stale = false;
    memcpy(u->code[u->codes++].bytes, u->machine.ram + page, PAGE);
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *context) {
    struct unicorn *u = context;
    const uint64_t last = address + (size ? size - 1 : 0);
    if (++u->blocks > u->blocks_max) {
        u->too_long = true;
        u->library.emu_stop(uc);
    }
    watch_page(u, address);
    if ((last ^ address) & ~(uint64_t)(PAGE - 1))
        watch_page(u, last);
}

static uint32_t on_in(uc_engine *uc, uint32_t port, int size, void *context) {
    const struct unicorn *u = context;
    (void)uc;
    return u->machine.in(u->machine.context, (uint16_t)port, (unsigned)size);
}

static void on_out(uc_engine *uc, uint32_t port, int size, uint32_t value, void *context) {
    const struct unicorn *u = context;
    (void)uc;
    u->machine.out(u->machine.context, (uint16_t)port, (unsigned)size, value);
}

static bool add_hooks(struct unicorn *u) {
    const struct library *l = &u->library;
    static const int calls[] = {UC_X86_INS_SYSCALL, UC_X86_INS_SYSENTER};
    uc_hook hook;
    bool good = l->hook_add(u->uc, &hook, UC_HOOK_INTR, (void *)on_interrupt, u, 1, 0) == UC_ERR_OK &&
                l->hook_add(u->uc, &hook, UC_HOOK_BLOCK, (void *)on_block, u, 1, 0) == UC_ERR_OK &&
                l->hook_add(u->uc, &hook, UC_HOOK_INSN, (void *)on_in, u, 1, 0, UC_X86_INS_IN) == UC_ERR_OK &&
                l->hook_add(u->uc, &hook, UC_HOOK_INSN, (void *)on_out, u, 1, 0, UC_X86_INS_OUT) == UC_ERR_OK;
    for (unsigned i = 0; i < 2; i++)
        good &=
            l->hook_add(u->uc, &hook, UC_HOOK_INSN, (void *)on_system_call, u, 1, 0, calls[i]) == UC_ERR_OK;
    return good;
}

/* Addresses without RAM: reads give ones, writes are lost. */
static uint64_t on_no_read(uc_engine *uc, uint64_t offset, unsigned size, void *context) {
    (void)uc, (void)offset, (void)size, (void)context;
    return UINT64_MAX;
}

static void on_no_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *context) {
    (void)uc, (void)offset, (void)size, (void)value, (void)context;
}

/* ---- creation ---- */

static bool map_nothing(const struct library *l, uc_engine *uc, uint64_t from, uint64_t to) {
    return l->mmio_map(uc, from, to - from, on_no_read, 0, on_no_write, 0) == UC_ERR_OK;
}

static uc_engine *engine_open(const struct library *l, const struct ringdiff_machine *machine) {
    const int model = strncmp(machine->profile, "amd", 3) == 0 ? UC_CPU_X86_EPYC : UC_CPU_X86_SKYLAKE_SERVER;
    uc_engine *uc;
    if (l->open(UC_ARCH_X86, UC_MODE_64, &uc) != UC_ERR_OK)
        return 0;
    if (l->ctl(uc, UC_CTL_WRITE(UC_CTL_CPU_MODEL, 1), model) != UC_ERR_OK ||
        l->mem_map_ptr(uc, 0, machine->ram_size, UC_PROT_ALL, machine->ram) != UC_ERR_OK ||
        !map_nothing(l, uc, machine->ram_size, SCRATCH) ||
        !map_nothing(l, uc, SCRATCH + PAGE, PHYSICAL_END)) {
        l->close(uc);
        return 0;
    }
    return uc;
}

static const char *option(const char *options, const char *key, char *to, size_t room) {
    const size_t length = strlen(key);
    for (const char *at = options; *at; at += strcspn(at, ","), at += *at == ',') {
        if (strncmp(at, key, length) == 0 && at[length] == '=') {
            snprintf(to, room, "%.*s", (int)strcspn(at + length + 1, ","), at + length + 1);
            return to;
        }
    }
    return 0;
}

/* The layout is looked for in an engine of its own: markers leave an odd processor behind. */
static const char *find_layout(struct unicorn *u) {
    uc_engine *probe = engine_open(&u->library, &u->machine);
    if (!probe)
        return "an engine cannot be opened";
    const char *lacking = layout_find(&u->layout, &u->library, probe, u->machine.ram);
    u->library.close(probe);
    return lacking;
}

/* MOV CR0, EAX; UD2 in flat, unpaged protected mode. */
static bool make_flusher(struct unicorn *u) {
    const struct library *l = &u->library;
    const struct ringdiff_segment code = {.selector = 8, .rights = 0xc09b, .limit = UINT32_MAX};
    struct ringdiff_state s = {.rip = SCRATCH, .rflags = 2, .cr0 = CR0_PE, .gpr[0] = CR0_PE | CR0_WP};
    s.segment[1] = code;
    u->scratch = aligned_alloc(PAGE, PAGE);
    if (!u->scratch || l->mem_map_ptr(u->uc, SCRATCH, PAGE, UC_PROT_ALL, u->scratch) != UC_ERR_OK ||
        l->context_alloc(u->uc, &u->flusher) != UC_ERR_OK)
        return false;
    memcpy(u->scratch, "\x0f\x22\xc0\x0f\x0b", 5);
    l->context_save(u->uc, u->flusher);
    state_put(&u->layout, (uint8_t *)u->flusher, &s);
    return true;
}

static bool start(struct unicorn *u) {
    char path[160];
    unsigned major, minor;
    if (!option(u->machine.options, "lib", path, sizeof path))
        snprintf(path, sizeof path, "libunicorn.so.2");
    if (path[0] != '/' &&
        strchr(path, '/')) { /* a run has a folder of its own: what is found now would not be found then */
        snprintf(no_model, sizeof no_model, "lib=%s: a path has to be absolute", path);
        return false;
    }
    const char *error = library_load(&u->library, path);
    if (error) {
        snprintf(no_model, sizeof no_model, "%s", error);
        return false;
    }
    const unsigned version = u->library.version(&major, &minor);
    snprintf(version_text, sizeof version_text, "%u.%u.%u", major, minor, version >> 8 & 0xff);
    u->identity = minor == 0;
    if (major != 2) {
        snprintf(no_model, sizeof no_model, "%s is version %s; 2.x is needed", path, version_text);
        return false;
    }
    error = find_layout(u);
    if (error) {
        snprintf(no_model, sizeof no_model, "in a saved context of libunicorn %s there was not found: %s",
                 version_text, error);
        return false;
    }
    u->uc = engine_open(&u->library, &u->machine);
    if (!u->uc || u->library.context_alloc(u->uc, &u->context) != UC_ERR_OK || !add_hooks(u) ||
        !make_flusher(u)) {
        snprintf(no_model, sizeof no_model, "libunicorn %s cannot be set up", version_text);
        return false;
    }
    u->library.context_save(u->uc, u->context);
    return true;
}

void *ringdiff_create(const struct ringdiff_machine *machine) {
    struct unicorn *u = calloc(1, sizeof *u);
    if (!u)
        return 0;
    u->machine = *machine;
    if (!start(u)) {
        ringdiff_destroy(u);
        return 0;
    }
    return u;
}

void ringdiff_destroy(void *model) {
    struct unicorn *u = model;
    if (u->context)
        u->library.context_free(u->context);
    if (u->flusher)
        u->library.context_free(u->flusher);
    if (u->uc)
        u->library.close(u->uc);
    free(u->scratch);
    free(u);
}

const char *ringdiff_reason(void *model) {
    const struct unicorn *u = model;
    return u ? u->reason : no_model;
}

/* ---- state and memory ---- */

/* What a page now holds is not what was translated from it. */
static void look_at_code(struct unicorn *u, uint64_t from, uint64_t end) {
    for (unsigned i = 0; i < u->codes; i++) {
        const uint64_t page = u->code[i].page;
        u->code[i].stale |=
            page + PAGE > from && page < end && memcmp(u->code[i].bytes, u->machine.ram + page, PAGE) != 0;
    }
}

void ringdiff_memory_changed(void *model, uint64_t address, uint64_t size) {
    struct unicorn *u = model;
    u->flush = true;
    look_at_code(u, address, size ? address + size : u->machine.ram_size);
}

/* No call of the API empties the TLB in all versions. A guest's MOV to CR0 that changes WP does, so one is run. It leaves the engine
 * without paging. */
static void empty_tlb(struct unicorn *u) {
    u->library.context_restore(u->uc, u->flusher);
    u->library.emu_start(u->uc, SCRATCH, 0, 0, 0);
    u->flush = false;
}

/* Forgets what was translated from pages that hold something else now. Their linear addresses are looked up, by the TLB. */
static void forget_stale_code(struct unicorn *u) {
    bool looked_up = false;
    for (unsigned i = 0; i < u->codes;) {
        const uint64_t page = u->code[i].page;
        if (!u->code[i].stale) {
            i++;
            continue;
        }
        u->library.ctl(u->uc, UC_CTL_WRITE(UC_CTL_TB_REMOVE_CACHE, 2), page, page + PAGE);
        u->code[i] = u->code[--u->codes];
        looked_up = true;
    }
    if (looked_up)
        empty_tlb(u);
}

bool ringdiff_set_state(void *model, const struct ringdiff_state *state) {
    struct unicorn *u = model;
    const struct library *l = &u->library;
    const struct ringdiff_state *old = &u->state;
    if (state->dr7 & 0xff) {
        snprintf(u->reason, sizeof u->reason, "libunicorn has no breakpoints");
        return false;
    }
    if (state->cr4 & CR4_PKE) {
        snprintf(u->reason, sizeof u->reason, "PKRU is not injected into libunicorn");
        return false;
    }
    u->flush |= old->cr0 != state->cr0 || old->cr3 != state->cr3 || old->cr4 != state->cr4 ||
                old->efer != state->efer;
    const bool same_msrs = state_same_msrs(&u->msrs, state), same_x87 = state_same_x87(&u->x87, state);
    if (!same_msrs || !same_x87) {
        l->context_restore(u->uc, u->context); /* not the flusher's */
        state_put_x87(l, u->uc, state);
        if (!same_msrs && !state_put_msrs(l, u->uc, state)) {
            snprintf(u->reason, sizeof u->reason, "libunicorn %s drops writes of MSRs", version_text);
            return false;
        }
        l->context_save(u->uc, u->context);
        u->x87 = u->msrs = *state;
    }
    if (u->flush) {
        empty_tlb(u);
        forget_stale_code(u);
    }
    state_put(&u->layout, (uint8_t *)u->context, state);
    l->context_restore(u->uc, u->context);
    u->state = *state;
    return true;
}

void ringdiff_get_state(void *model, struct ringdiff_state *state) {
    struct unicorn *u = model;
    *state = u->state;
}

static void take_state(struct unicorn *u) {
    const struct library *l = &u->library;
    uint64_t flags = 0;
    look_at_code(u, 0,
                 u->machine.ram_size); /* the engine forgets what the guest rewrites, but not its copy here */
    l->context_save(u->uc, u->context);
    state_get(&u->layout, (const uint8_t *)u->context, &u->state);
    l->reg_read(u->uc, UC_X86_REG_RFLAGS, &flags);
    u->state.rflags = flags;
    for (unsigned i = 0; i < 8 && !(u->state.efer & EFER_LMA); i++)
        u->state.gpr[i] = (uint32_t)u->state.gpr[i];
    state_get_x87(l, u->uc, &u->state);
    u->x87 = u->state;
}

/* ---- running ---- */

static uint32_t field(const struct unicorn *u, size_t at) {
    uint32_t value;
    memcpy(&value, (const uint8_t *)u->context + at, 4);
    return value;
}

/* INT3 and INTO, not INT 3 and INT 4: told by the byte before RIP. */
static bool is_one_byte(const struct unicorn *u) {
    const struct guest_ram ram = {u->machine.ram, u->machine.ram_size};
    const struct ringdiff_segment *cs = &u->state.segment[1];
    const bool code64 = u->state.efer & EFER_LMA && cs->rights & CS_L;
    const uint64_t last = (code64 ? u->state.rip : (uint32_t)(cs->base + u->state.rip)) - 1;
    const uint64_t at = page_walk(&ram, &u->state, last).physical | (last & (PAGE - 1));
    const uint8_t opcode = at < ram.size ? ram.bytes[at] : 0;
    return (u->vector == VECTOR_BP && opcode == 0xcc) || (u->vector == VECTOR_OF && opcode == 0xce);
}

static void describe(struct unicorn *u, struct ringdiff_event *event) {
    static const uint32_t with_error =
        1U << 8 | 1U << 10 | 1U << 11 | 1U << 12 | 1U << 13 | 1U << 14 | 1U << 17;
    const bool is_int = field(u, u->layout.is_int);
    *event = (struct ringdiff_event){.vector = (uint8_t)u->vector, .kind = RINGDIFF_FAULT};
    if (is_int) {
        const uint64_t at = u->state.rip;
        memcpy(&u->state.rip, (const uint8_t *)u->context + u->layout.next_rip, 8);
        event->length = (uint8_t)(u->state.rip - at);
        event->kind = is_one_byte(u) ? RINGDIFF_INT3_INTO : RINGDIFF_SOFTWARE;
        return;
    }
    if (u->vector == VECTOR_DB) {
        event->kind = RINGDIFF_TRAP;
        event->dr6 = (uint32_t)u->state.dr6 & 0xe00f;
        return;
    }
    event->has_error = u->vector < 32 && with_error >> u->vector & 1;
    event->error = event->has_error ? field(u, u->layout.error_code) : 0;
    event->cr2 = u->vector == VECTOR_PF ? u->state.cr2 : 0;
}

enum ringdiff_end ringdiff_run(void *model, const struct ringdiff_run_limits *limits,
                               struct ringdiff_event *event) {
    struct unicorn *u = model;
    if (limits->interrupt >= 0) {
        snprintf(u->reason, sizeof u->reason, "libunicorn has no external interrupts");
        return RINGDIFF_LACKS;
    }
    u->blocks = 0;
    u->blocks_max = limits->instructions;
    u->vector = -1;
    u->too_long = false;
    u->lacks = 0;
    /* `until` 0: any other address is looked up in the guest's tables at the end, and a page fault there spoils CR2 */
    const uc_err error = u->library.emu_start(u->uc, u->state.rip, 0, 0, 0);
    take_state(u);
    if (u->lacks) {
        snprintf(u->reason, sizeof u->reason, "%s", u->lacks);
        return RINGDIFF_LACKS;
    }
    if (u->too_long)
        return RINGDIFF_LIMIT;
    if (error == UC_ERR_INSN_INVALID)
        u->vector = VECTOR_UD;
    if (u->vector >= 0) {
        describe(u, event);
        return RINGDIFF_EVENT;
    }
    if (error == UC_ERR_OK)
        return RINGDIFF_HALTED;
    snprintf(u->reason, sizeof u->reason, "uc_emu_start: %s", u->library.strerror(error));
    return RINGDIFF_ERROR;
}
