/* SPDX-License-Identifier: BSD-2-Clause */
/* vectorfile.c - reads a vector file (docs/vector-format.md): nothing in it is believed. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define RAW_MAX (UINT64_C(1) << 28)

struct bytes {
    const uint8_t *at;
    size_t size;
};

/* `size` bytes from `from` on, taken away; NULL if there are fewer. */
static const uint8_t *take(struct bytes *from, size_t size) {
    if (from->size < size)
        return 0;
    const uint8_t *at = from->at;
    from->at += size;
    from->size -= size;
    return at;
}

static bool take_copy(struct bytes *from, void *to, size_t size) {
    const uint8_t *at = take(from, size);
    if (at)
        memcpy(to, at, size);
    return at != 0;
}

/* The runs lie within [from, end) each; NULL if not. */
static const uint8_t *take_runs(struct bytes *in, uint32_t count, uint64_t from, uint64_t end, uint64_t from2,
                                uint64_t end2) {
    const uint8_t *first = in->at;
    for (uint32_t i = 0; i < count; i++) {
        struct vector_run run;
        if (!take_copy(in, &run, sizeof run) || !take(in, run.length))
            return 0;
        uint64_t last = (uint64_t)run.at + run.length;
        if (!(run.at >= from && last <= end) && !(run.at >= from2 && last <= end2))
            return 0;
    }
    return first;
}

/* A chunk's payload, unpacked where it is packed; at NULL: damaged. Unpacked ones are never freed. */
static struct bytes unpack(const struct vector_chunk *chunk, const uint8_t *payload) {
    struct bytes in = {payload, chunk->length}, none = {0};
    uint64_t length;
    const bool packed = chunk->flags & VECTOR_ZLIB;
    if (!packed && chunk->type != VECTOR_CASE)
        return in;
    if (!packed)
        length = in.size; /* a copy of its own, aligned as entries are */
    else if (!take_copy(&in, &length, sizeof length))
        return none;
    if (length > RAW_MAX)
        return none;
    void *room = mmap(0, length + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uLongf got = (uLongf)length;
    if (room == MAP_FAILED || (packed && (uncompress(room, &got, in.at, in.size) != Z_OK || got != length)))
        return none;
    if (!packed)
        memcpy(room, in.at, in.size);
    mprotect(room, length + 1, PROT_READ);
    return (struct bytes){room, length};
}

/* The kit's places lie in memory. */
static bool kit_fits(const struct vector_head *h) {
    const uint64_t ram = h->ram_size;
    return h->guard % 4096 == 0 && h->guard_size <= 64 * 4096 && (uint64_t)h->guard + h->guard_size <= ram &&
           h->arena >= h->guard && h->arena_size == 0x10000 &&
           h->arena + h->arena_size <= h->guard + h->guard_size &&
           (uint64_t)h->variables + h->variables_size <= ram && (uint64_t)h->launch + 0x800 <= ram &&
           (uint64_t)h->final + 0x800 <= ram && (uint64_t)h->fault_log + 0x800 <= ram;
}

static const char *read_head(struct vectors *v, struct bytes in) {
    struct vector_head *h = &v->head;
    if (!take_copy(&in, h, sizeof *h) || (h->captures == 0 && h->word) || h->captures > RANGES ||
        !take_copy(&in, v->capture, h->captures * sizeof *v->capture))
        return "HEAD is too short";
    if (h->state_size != sizeof(struct ringdiff_state))
        return "it was made for another version of the model ABI; make it again";
    uint64_t ram = h->ram_size;
    v->steps = h->word == 0;
    if ((h->home != 32 && h->home != 64) || (!v->steps && h->word * 8 != h->home) || ram % (2 << 20) ||
        ram == 0 || ram > UINT32_MAX)
        return "HEAD makes no sense";
    if (!v->steps && !kit_fits(h))
        return "HEAD's places lie outside of memory";
    if (v->steps && (h->arena_size || h->guard_size || h->variables_size))
        return "HEAD has places of a kit, and no kit";
    h->profile[sizeof h->profile - 1] = h->core[sizeof h->core - 1] = 0;
    v->pages = (uint32_t)(ram / VECTOR_PAGE);
    return 0;
}

static const char *read_mode(struct vectors *v, struct bytes in) {
    struct vector_mode head;
    if (!v->pages || !take_copy(&in, &head, sizeof head) || head.mode == 0 || head.mode >= MODES ||
        v->mode[head.mode].known)
        return "MODE makes no sense";
    struct mode *m = &v->mode[head.mode];
    m->baseline = take(&in, head.baseline);
    m->baseline_size = head.baseline;
    m->page = calloc(v->pages, sizeof *m->page);
    if (!m->baseline || !m->page || !take_copy(&in, &m->state, sizeof m->state))
        return "MODE is too short";
    if (v->first_mode) /* the first one's pages are all modes' */
        memcpy(m->page, v->mode[v->first_mode].page, v->pages * sizeof *m->page);
    else
        v->first_mode = head.mode;
    for (uint32_t i = 0; i < head.pages; i++) {
        uint32_t number;
        const uint8_t *page;
        if (!take_copy(&in, &number, sizeof number) || !(page = take(&in, VECTOR_PAGE)) || number >= v->pages)
            return "MODE is too short";
        m->page[number] = page;
    }
    m->known = true;
    return 0;
}

static const char *read_body(struct vectors *v, struct bytes in, size_t *room) {
    struct body body = {0};
    if (!take_copy(&in, &body.head, sizeof body.head) || body.head.mode >= MODES ||
        body.head.code_size > 0x2000)
        return "BODY makes no sense";
    uint64_t first = body.head.code, end = first + 0x2000;
    const uint64_t from = v->steps ? 0 : v->head.arena;
    if (first < from || end > (v->steps ? v->head.ram_size : from + v->head.arena_size) ||
        (v->steps && body.head.runs))
        return "BODY makes no sense";
    body.runs = take_runs(&in, body.head.runs, first, end, 0, 0);
    if (!body.runs)
        return "BODY is too short";
    if (v->bodies == *room) {
        *room = *room * 2 + 1024;
        struct body *more = realloc(v->body, *room * sizeof *more);
        if (!more)
            return "not enough memory";
        v->body = more;
    }
    v->body[v->bodies++] = body;
    return 0;
}

static const char *check_entry(const struct vectors *v, const struct vector_case *e, struct bytes in) {
    const struct vector_head *h = &v->head;
    const uint64_t guard = h->guard, guard_end = guard + h->guard_size, vars = h->variables,
                   vars_end = vars + h->variables_size, state = h->state_size;
    uint32_t head[5];
    if (!take_runs(&in, e->state_runs, 0, state, 0, 0) ||
        !(v->steps ? take_runs(&in, e->launch_runs, 0, h->ram_size, 0, 0)
                   : take_runs(&in, e->launch_runs, guard, guard_end, vars, vars_end)) ||
        !take_runs(&in, e->shadow_runs, h->arena, h->arena + h->arena_size, 0, 0) ||
        !take_runs(&in, e->event_runs, 0, state, 0, 0) || !take_runs(&in, e->arrival_runs, 0, state, 0, 0) ||
        !take_runs(&in, e->final_runs, 0, h->ram_size, 0, 0) ||
        !take(&in, (size_t)e->ios * sizeof(struct vector_io)) || in.size - e->record >= VECTOR_ALIGN ||
        in.size < e->record || e->outcome > VECTOR_NO_WINDOW)
        return "a CASE entry makes no sense";
    if (v->steps)
        return e->record || e->outcome == VECTOR_SKIP ? "a single step with a record" : 0;
    if (e->record == 0 && e->outcome != VECTOR_RECORD)
        return 0;
    if (e->record < sizeof head || !take_copy(&in, head, sizeof head) ||
        ((uint64_t)head[3] + head[4]) * (2U + h->word) != e->record - sizeof head)
        return "a CASE entry's record makes no sense";
    return 0;
}

static const char *read_cases(struct vectors *v, struct bytes in, size_t *room) {
    while (in.size) {
        const struct vector_case *e = (const void *)in.at;
        struct bytes rest;
        if (in.size < sizeof *e || e->size < sizeof *e || e->size % VECTOR_ALIGN ||
            !(rest.at = take(&in, e->size)))
            return "a CASE chunk is too short";
        rest = (struct bytes){(const uint8_t *)(e + 1), e->size - sizeof *e};
        uint32_t count = e->outcome == VECTOR_SKIP ? e->skipped : 1;
        const char *error = check_entry(v, e, rest);
        if (error)
            return error;
        if (e->ordinal > 1U << 24 || count == 0 || count > 1U << 24)
            return "a CASE entry makes no sense";
        uint32_t need = e->ordinal + count;
        if (need > *room) {
            size_t more = need * 2 + 4096;
            const struct vector_case **bigger = realloc(v->entry, more * sizeof *bigger);
            if (!bigger)
                return "not enough memory";
            memset(bigger + *room, 0, (more - *room) * sizeof *bigger);
            v->entry = bigger;
            *room = more;
        }
        v->entry[e->ordinal] = e;
        v->ordinals = need > v->ordinals ? need : v->ordinals;
    }
    return 0;
}

static const char *read_fields(struct vectors *v) {
    struct bytes in = {v->frames, v->frames_size};
    struct vector_frame head;
    while (take_copy(&in, &head, sizeof head)) {
        if (!take(&in, head.length))
            return "FRAM is too short";
    }
    int state = vectors_field(v, "rax"), fault = vectors_field(v, "fault"), fx = vectors_field(v, "fx");
    int nfault = vectors_field(v, "nfault");
    if (state < 0 || fault <= state || fx <= state || nfault <= state || nfault >= fault ||
        fx + 416 / v->head.word > fault || (fault - state) * v->head.word > 0x400)
        return "FRAM has no FIELDS that can be used";
    v->state_index = (uint32_t)state;
    v->fault_index = (uint32_t)fault;
    v->fx_index = (uint32_t)fx;
    v->nfault_index = (uint32_t)nfault;
    static const char *const msrs[] = {"star",           "lstar",       "cstar",        "fmask",
                                       "kernel_gs_base", "sysenter_cs", "sysenter_esp", "sysenter_eip"};
    v->msrs = 0;
    for (unsigned i = 0; i < sizeof msrs / sizeof *msrs; i++) {
        const int at = vectors_field(v, msrs[i]);
        if (at >= state && at < fault)
            v->msr_index[v->msrs++] = (uint32_t)at;
    }
    v->state_words = (uint32_t)(fault - state);
    return 0;
}

static int by_key(const void *a, const void *b) {
    uint32_t x = ((const struct body *)a)->head.key, y = ((const struct body *)b)->head.key;
    return x < y ? -1 : x > y;
}

static const char *read_chunks(struct vectors *v, struct bytes in) {
    size_t body_room = 0, entry_room = 0;
    bool ended = false;
    while (in.size) {
        const uint8_t *start = in.at;
        struct vector_chunk chunk;
        const uint8_t *payload;
        uint32_t sum;
        if (!take_copy(&in, &chunk, sizeof chunk) || !(payload = take(&in, chunk.length)) ||
            !take_copy(&in, &sum, sizeof sum))
            return "it ends in the middle of a chunk";
        if (sum != (uint32_t)crc32_z(0, start, sizeof chunk + chunk.length))
            return "a chunk is damaged (CRC)";
        const char *error = 0;
        struct bytes data = unpack(&chunk, payload);
        if (!data.at)
            return "a chunk cannot be unpacked";
        if (chunk.type != VECTOR_HEAD && !v->head.home)
            return "it does not begin with HEAD";
        if (chunk.type == VECTOR_HEAD)
            error = read_head(v, data);
        else if (chunk.type == VECTOR_FRAM) {
            v->frames = data.at;
            v->frames_size = data.size;
            error = read_fields(v);
        } else if (chunk.type == VECTOR_MODE)
            error = read_mode(v, data);
        else if (chunk.type == VECTOR_BODY)
            error = read_body(v, data, &body_room);
        else if (chunk.type == VECTOR_CASE)
            error = read_cases(v, data, &entry_room);
        else if (chunk.type == VECTOR_END)
            ended = true;
        else if (chunk.flags & VECTOR_CRITICAL)
            error = "it has a chunk that this program does not know";
        if (error)
            return error;
    }
    if (!ended || (!v->frames && !v->steps) || !v->ordinals)
        return "it is incomplete";
    qsort(v->body, v->bodies, sizeof *v->body, by_key);
    return 0;
}

/* Entries that are run need their mode and their body. */
static const char *check_references(const struct vectors *v) {
    for (uint32_t i = 0; i < v->ordinals; i++) {
        const struct vector_case *e = v->entry[i];
        if (!e || e->outcome == VECTOR_SKIP || e->outcome == VECTOR_NO_WINDOW)
            continue;
        if (e->mode >= MODES || !v->mode[e->mode].known || !vectors_body(v, e->key))
            return "an entry has no MODE or no BODY";
    }
    return 0;
}

static struct bytes map_file(const char *path) {
    struct bytes none = {0};
    struct stat now;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &now) != 0) {
        if (file >= 0)
            close(file);
        return none;
    }
    const void *at = now.st_size ? mmap(0, (size_t)now.st_size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
    close(file);
    if (at == MAP_FAILED) {
        errno = errno ? errno : EINVAL;
        return none;
    }
    return (struct bytes){at, (size_t)now.st_size};
}

const char *vectors_read(struct vectors *v, const char *path) {
    struct bytes in = map_file(path);
    struct vector_file file;
    if (!in.at)
        return strerror(errno);
    if (!take_copy(&in, &file, sizeof file) || memcmp(file.magic, VECTOR_MAGIC, sizeof file.magic) != 0)
        return "not a vector file";
    if (file.version != VECTOR_VERSION)
        return "a vector file of another version; make it again";
    const char *error = read_chunks(v, in);
    return error ? error : check_references(v);
}

const char *vectors_read_ids(struct vectors *v, const char *path) {
    FILE *file = fopen(path, "r");
    if (!file)
        return strerror(errno);
    char line[1024];
    while (fgets(line, sizeof line, file)) {
        char *id;
        uint32_t key = (uint32_t)strtoul(line, &id, 16);
        struct body *body = (struct body *)(uintptr_t)vectors_body(v, key);
        if (!body || *id != ' ')
            continue;
        id[strcspn(id, "\n")] = 0;
        body->id = strdup(id + 1);
    }
    fclose(file);
    return 0;
}

const struct body *vectors_body(const struct vectors *v, uint32_t key) {
    struct body wanted = {.head.key = key};
    return bsearch(&wanted, v->body, v->bodies, sizeof *v->body, by_key);
}

int vectors_field(const struct vectors *v, const char *name) {
    struct bytes in = {v->frames, v->frames_size};
    struct vector_frame head;
    while (take_copy(&in, &head, sizeof head)) {
        const char *text = (const char *)take(&in, head.length);
        if (head.type != FIELDS)
            continue;
        for (size_t at = 0; text && at < head.length;) {
            const char *end = memchr(text + at, '\n', head.length - at);
            size_t length = end ? (size_t)(end - text) - at : head.length - at;
            char line[64], found[32];
            unsigned index, count;
            snprintf(line, sizeof line, "%.*s", (int)(length < 63 ? length : 63), text + at);
            if (sscanf(line, "%x %u %31s", &index, &count, found) == 3 && strcmp(found, name) == 0)
                return (int)index;
            at += length + 1;
        }
    }
    return -1;
}

/* ---- entries ---- */

static const uint8_t *skip_runs(const uint8_t *at, uint32_t count) {
    struct vector_run run;
    while (count--) {
        memcpy(&run, at, sizeof run);
        at += sizeof run + run.length;
    }
    return at;
}

void entry_parts(const struct vector_case *e, struct parts *to) {
    to->state = (const uint8_t *)(e + 1);
    to->launch = skip_runs(to->state, e->state_runs);
    to->shadow = skip_runs(to->launch, e->launch_runs);
    to->event = skip_runs(to->shadow, e->shadow_runs);
    to->arrival = skip_runs(to->event, e->event_runs);
    to->final = skip_runs(to->arrival, e->arrival_runs);
    const uint8_t *ios = skip_runs(to->final, e->final_runs);
    to->ios = ios;
    to->record = ios + e->ios * sizeof(struct vector_io);
}

const uint8_t *runs_apply(const uint8_t *runs, uint32_t count, uint8_t *to, uint32_t base) {
    struct vector_run run;
    while (count--) {
        memcpy(&run, runs, sizeof run);
        memcpy(to + (run.at - base), runs + sizeof run, run.length);
        runs += sizeof run + run.length;
    }
    return runs;
}
