/* SPDX-License-Identifier: BSD-2-Clause */
/* engine.h - parts of the model `unicorn`: any libunicorn 2.x, loaded at run time (docs/models.md). */
#ifndef RINGDIFF_MODEL_UNICORN_H
#define RINGDIFF_MODEL_UNICORN_H

#include <unicorn/unicorn.h>

#include "ringdiff_model.h"

/* ---- library.c: the entries of libunicorn that are used ---- */

struct library {
    void *handle;
    unsigned (*version)(unsigned *major, unsigned *minor);
    const char *(*strerror)(uc_err code);
    uc_err (*open)(uc_arch arch, uc_mode mode, uc_engine **uc);
    uc_err (*close)(uc_engine *uc);
    uc_err (*ctl)(uc_engine *uc, uc_control_type control, ...);
    uc_err (*mem_map_ptr)(uc_engine *uc, uint64_t address, size_t size, uint32_t perms, void *ptr);
    uc_err (*mmio_map)(uc_engine *uc, uint64_t address, size_t size, uc_cb_mmio_read_t read, void *read_data,
                       uc_cb_mmio_write_t write, void *write_data);
    uc_err (*reg_write)(uc_engine *uc, int regid, const void *value);
    uc_err (*reg_read)(uc_engine *uc, int regid, void *value);
    uc_err (*emu_start)(uc_engine *uc, uint64_t begin, uint64_t until, uint64_t timeout, size_t count);
    uc_err (*emu_stop)(uc_engine *uc);
    uc_err (*hook_add)(uc_engine *uc, uc_hook *hh, int type, void *callback, void *user_data, uint64_t begin,
                       uint64_t end, ...);
    uc_err (*context_alloc)(uc_engine *uc, uc_context **context);
    uc_err (*context_save)(uc_engine *uc, uc_context *context);
    uc_err (*context_restore)(uc_engine *uc, uc_context *context);
    size_t (*context_size)(uc_engine *uc);
    uc_err (*context_free)(uc_context *context);
};
/* NULL: loaded. Otherwise why not. */
const char *library_load(struct library *l, const char *path);

/* ---- layout.c: where the processor's fields lie in a saved context; offsets differ between versions ---- */

struct layout {
    size_t size;
    size_t gpr, rip, rflags; /* rflags: what is not in cc_... */
    size_t cc_src, cc_op, df, hflags;
    size_t segment, segment_size; /* ES CS SS DS FS GS LDTR TR GDTR IDTR */
    size_t cr;                    /* CR0..CR4 */
    size_t efer;
    size_t xmm, xmm_stride;
    size_t error_code, is_int, next_rip; /* of the last event */
    size_t dr,
        old_exception;     /* the latter: nothing clears it without delivery, and the next one would be #DF */
    uint32_t cc_op_eflags; /* the value of cc_op that says that cc_src holds the flags */
};
enum { SEGMENT_SELECTOR = 0, SEGMENT_BASE = 8, SEGMENT_LIMIT = 16, SEGMENT_FLAGS = 20 };
/* NULL: found by marker values. Otherwise what was not. Uses 4 KiB of RAM at 1 MiB, mapped. */
const char *layout_find(struct layout *to, const struct library *l, uc_engine *uc, uint8_t *ram);

/* ---- state.c: ABI state to and from the bytes of a context ---- */

void state_put(const struct layout *at, uint8_t *context, const struct ringdiff_state *s);
void state_get(const struct layout *at, const uint8_t *context, struct ringdiff_state *s);
/* x87 and MXCSR go through the API: libunicorn derives rounding modes from them. */
void state_put_x87(const struct library *l, uc_engine *uc, const struct ringdiff_state *s);
void state_get_x87(const struct library *l, uc_engine *uc, struct ringdiff_state *s);
/* MSRs too: their places in a context are not looked for. false: this version drops the writes. */
bool state_put_msrs(const struct library *l, uc_engine *uc, const struct ringdiff_state *s);
bool state_same_msrs(const struct ringdiff_state *a, const struct ringdiff_state *b);
bool state_same_x87(const struct ringdiff_state *a, const struct ringdiff_state *b);

#endif
