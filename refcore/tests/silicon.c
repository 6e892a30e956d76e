/* SPDX-License-Identifier: BSD-2-Clause */
/* silicon - every instruction an unprivileged program can execute, on the core and on the CPU this runs on,
 * compared.
 *
 *   silicon [--seconds N | --count N] [--seed S] [--row NAME] [--mode N]
 *           [--jobs N] [--show N] [--case N] [--list]
 *
 * Ends with the rows that were not compared, each with what keeps it from that, and with the faults by vector.
 * --mode: 0 64-bit, 1 32-bit, 2 32-bit with limits, 3 16-bit; without it each in turn. --show: differences
 * printed for each row. Exit codes: 0 no difference, 1 differences, or a row that this host can execute never
 * was; 2 bad usage, 3 this host cannot be compared with. Same seed, same cases, whatever the number of jobs. */
#include "decode/operand.h"
#include "silicon_compare.h"
#include "silicon_core.h"
#include "silicon_encode.h"
#include "silicon_native.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROWS_MAX = 4096, JOBS_MAX = 64, VECTORS = 32, EXIT_DIFFERENT = 1, EXIT_USAGE = 2, EXIT_HOST = 3 };
enum { TRIES = 12 }; /* at what a process switch may disturb */

struct options {
    double seconds;
    uint64_t count, seed, one_case;
    const char *row;
    int mode;
    unsigned jobs, show;
    bool single, list;
};

/* shared by the jobs: counts by kind of code segment and row */
struct tally {
    uint64_t executions[KINDS][ROWS_MAX], faults[KINDS][ROWS_MAX], differences[KINDS][ROWS_MAX],
        unmade[KINDS][ROWS_MAX];
    uint64_t vectors[VECTORS];
    uint64_t done[JOBS_MAX];
};

/* ASan's own handlers would take the signals that carry the outcomes. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_sigtrap=0:use_sigaltstack=0:"
           "detect_leaks=0";
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- memory of a case ---- */

static void apply(const struct silicon_case *k, uint8_t *memory) {
    for (unsigned i = 0; i < k->patches; i++) {
        const struct patch *t = &k->patch[i];
        for (unsigned at = 0; at < t->size;) {
            int page = page_index(t->linear + at);
            unsigned inside = (unsigned)((t->linear + at) % PAGE), part = PAGE - inside;
            part = part < t->size - at ? part : t->size - at;
            if (page >= 0)
                memcpy(memory + (unsigned)page * PAGE + inside, t->bytes + at, part);
            at += part;
        }
    }
}

static void restore(uint8_t *memory, const uint8_t *golden) {
    for (unsigned page = 0; page < ALL_PAGES; page++) {
        if (memcmp(memory + page * PAGE, golden + page * PAGE, PAGE) != 0)
            memcpy(memory + page * PAGE, golden + page * PAGE, PAGE);
    }
}

static void make_golden(uint64_t seed, uint8_t *golden) {
    struct random r = random_start(seed, UINT64_MAX / 2);
    for (unsigned at = 0; at < ALL_PAGES * PAGE; at += 64)
        value_fill(&r, (enum style)below(&r, STYLES), golden + at, 64);
}

/* ---- one job ---- */

struct job {
    const struct options *options;
    struct tally *tally;
    struct environment environment;
    const struct profile *profile;
    const struct row **rows;
    unsigned row_count, number;
    uint8_t golden[ALL_PAGES * PAGE];
};

/* A gather may be left for a trap after some elements, RIP still at it (SDM Vol. 2C, VGATHERDPS,
 * "Description"): it is then resumed. */
static void step_silicon(const struct job *j, const struct silicon_case *k, struct registers *out) {
    native_step(&j->environment, &k->in, out);
    bool gather = k->status == DECODE_OK && row_has_operand(k->row, VMx);
    for (unsigned again = 0; gather && again < 9 && out->vector == NO_FAULT && out->rip == k->in.rip;
         again++) {
        struct registers in = *out;
        native_step(&j->environment, &in, out);
    }
}

static void run_case(struct job *j, uint64_t number) {
    static struct silicon_case k;
    const struct row *row = j->rows[number % j->row_count];
    unsigned index = (unsigned)(row - rows), kind = j->environment.kind;
    struct tally *t = j->tally;
    if (!case_generate(&k, j->options->seed, number, row, &j->environment, j->profile, core_mode())) {
        __atomic_fetch_add(&t->unmade[kind][index], 1, __ATOMIC_RELAXED);
        return;
    }
    struct registers ours = {0}, silicon = {0};
    apply(&k, core_memory());
    apply(&k, native_memory());
    core_step(&j->environment, &k.in, &ours);
    struct outcome a = {&ours, core_memory()}, b = {&silicon, native_memory()};
    unsigned different = 0;
    for (unsigned tries = 0; tries < TRIES; tries++) {
        step_silicon(j, &k, &silicon);
        different = compare(&k, &a, &b);
        if (!different || !(row->attributes & A_X87))
            break;
        /* a process switch in between may lose the x87 pointers (APM Vol. 2, "FXSAVE and FXRSTOR
         * Instructions"): once more */
        if (tries + 1 < TRIES) {
            restore(native_memory(), j->golden);
            apply(&k, native_memory());
        }
    }
    uint64_t before = 0;
    if (different)
        before = __atomic_fetch_add(&t->differences[kind][index], 1, __ATOMIC_RELAXED);
    if ((different && before < j->options->show) || j->options->single) {
        uint8_t *memory = malloc(ALL_PAGES * PAGE);
        if (!memory)
            exit(EXIT_HOST);
        memcpy(memory, j->golden, ALL_PAGES * PAGE);
        apply(&k, memory);
        compare_print(&k, &j->environment, &a, &b, memory, j->options->single);
        fflush(stdout);
        free(memory);
    }
    __atomic_fetch_add(&t->executions[kind][index], 1, __ATOMIC_RELAXED);
    if (silicon.vector != NO_FAULT) {
        __atomic_fetch_add(&t->faults[kind][index], 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&t->vectors[(unsigned)silicon.vector % VECTORS], 1, __ATOMIC_RELAXED);
    }
    restore(core_memory(), j->golden);
    restore(native_memory(), j->golden);
}

static int run_job(struct job *j, enum kind kind, double until, uint64_t count) {
    const struct options *o = j->options;
    const char *error = native_start();
    if (error) {
        fprintf(stderr, "silicon: %s\n", error);
        return EXIT_HOST;
    }
    j->environment = environment_of(kind, native_fs_base());
    error = native_enter_environment(&j->environment);
    if (error || !core_start(j->profile, &j->environment)) {
        fprintf(stderr, "silicon: %s\n", error ? error : "not enough memory");
        return EXIT_HOST;
    }
    make_golden(o->seed, j->golden);
    memcpy(core_memory(), j->golden, sizeof j->golden);
    memcpy(native_memory(), j->golden, sizeof j->golden);
    if (o->single) {
        run_case(j, o->one_case);
        return 0;
    }
    for (uint64_t n = j->number; n < count; n += o->jobs) {
        run_case(j, n);
        if (++j->tally->done[j->number] % 256 == 0 && now() > until)
            break;
    }
    return 0;
}

/* ---- all of them ---- */

/* What keeps a row from being compared under this kind of code segment; NULL: nothing. */
static const char *why_not(const struct row *row, enum kind kind, const struct profile *p) {
    const char *why = case_excluded(row, kind);
    return why ? why : profile_has(p, (enum feature)row->feature) ? 0 : "this host lacks the feature";
}

static unsigned choose_rows(const struct options *o, enum kind kind, const struct profile *p,
                            const struct row **to) {
    unsigned n = 0;
    for (unsigned i = 0; i < row_count && i < ROWS_MAX; i++) {
        if (o->row && strcmp(o->row, rows[i].name) != 0)
            continue;
        if (!why_not(&rows[i], kind, p))
            to[n++] = &rows[i];
        else if (o->list)
            printf("%s, not compared: %s (%02x %s): %s\n", environment_of(kind, 0).name, rows[i].name,
                   rows[i].opcode, rows[i].cite, why_not(&rows[i], kind, p));
    }
    return n;
}

static int run_kind(const struct options *o, enum kind kind, struct tally *t, const struct profile *p,
                    double seconds, uint64_t count) {
    static const struct row *chosen[ROWS_MAX];
    static struct job job;
    unsigned n = choose_rows(o, kind, p, chosen);
    if (n == 0 || o->list)
        return 0;
    double start = now();
    int worst = 0;
    memset(t->done, 0, sizeof t->done);
    for (unsigned i = 0; i < o->jobs; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            job = (struct job){
                .options = o, .tally = t, .profile = p, .rows = chosen, .row_count = n, .number = i};
            int code = run_job(&job, kind, start + seconds, count);
            fflush(stdout);
            _exit(code);
        }
    }
    for (unsigned i = 0; i < o->jobs; i++) {
        int status;
        if (wait(&status) < 0)
            break;
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_HOST;
        if (WIFSIGNALED(status))
            fprintf(stderr, "silicon: a job died of signal %d\n", WTERMSIG(status));
        worst = code > worst ? code : worst;
    }
    uint64_t executions = 0, differences = 0;
    for (unsigned i = 0; i < row_count; i++) {
        executions += t->executions[kind][i];
        differences += t->differences[kind][i];
    }
    fprintf(stderr, "silicon: %s: %" PRIu64 " executions of %u rows, %" PRIu64 " differences, %.1f s\n",
            environment_of(kind, 0).name, executions, n, differences, now() - start);
    return worst;
}

/* The rows of no kind, with what keeps them from the last kind that has them. */
static unsigned print_not_compared(const struct options *o, const struct profile *p) {
    unsigned n = 0;
    for (unsigned i = 0; i < row_count; i++) {
        const char *why = 0;
        bool compared = o->row && strcmp(o->row, rows[i].name) != 0;
        for (unsigned kind = 0; kind < KINDS && !compared; kind++) {
            const char *here = why_not(&rows[i], (enum kind)kind, p);
            compared = !here;
            why = !why || case_in_mode(&rows[i], (enum kind)kind) ? here : why;
        }
        if (!compared) {
            printf("not compared: %s (%02x %s): %s\n", rows[i].name, rows[i].opcode, rows[i].cite, why);
            n++;
        }
    }
    return n;
}

/* A row that this host could have executed and that never was: a hole in the comparison. */
static unsigned print_holes(const struct options *o, const struct tally *t, const struct profile *p) {
    unsigned holes = 0;
    for (unsigned i = 0; i < row_count; i++) {
        if (o->row && strcmp(o->row, rows[i].name) != 0)
            continue;
        for (unsigned kind = 0; kind < KINDS; kind++) {
            if ((o->mode >= 0 && (unsigned)o->mode != kind) || t->executions[kind][i] ||
                why_not(&rows[i], (enum kind)kind, p))
                continue;
            printf("never executed: %s, %s (%02x %s): %" PRIu64 " times no encoding was found\n",
                   environment_of((enum kind)kind, 0).name, rows[i].name, rows[i].opcode, rows[i].cite,
                   t->unmade[kind][i]);
            holes++;
        }
    }
    return holes;
}

/* forms: rows by kind of code segment. true: all that can be compared was, without a difference */
static bool summary(const struct options *o, const struct tally *t, const struct profile *p) {
    uint64_t executions = 0, differences = 0, faults = 0;
    unsigned forms = 0, seen = 0;
    for (unsigned i = 0; i < row_count; i++) {
        uint64_t e = 0, f = 0, d = 0;
        for (unsigned k = 0; k < KINDS; k++) {
            e += t->executions[k][i];
            f += t->faults[k][i];
            d += t->differences[k][i];
            forms += t->executions[k][i] != 0;
        }
        if (e)
            printf("%-20s %02x %-40.40s %9" PRIu64 " executions %9" PRIu64 " faults %7" PRIu64
                   " differences\n",
                   rows[i].name, rows[i].opcode, rows[i].cite, e, f, d);
        seen += e != 0;
        executions += e;
        faults += f;
        differences += d;
    }
    unsigned left_out = print_not_compared(o, p), holes = print_holes(o, t, p);
    printf("faults by vector:");
    for (unsigned v = 0; v < VECTORS; v++) {
        if (t->vectors[v])
            printf(" %u: %" PRIu64, v, t->vectors[v]);
    }
    printf("\n%" PRIu64 " executions (%" PRIu64
           " faults), %u forms of %u rows, %u rows not compared, %u forms never "
           "executed, %" PRIu64 " differences\n",
           executions, faults, forms, seen, left_out, holes, differences);
    return !differences && !holes;
}

static bool parse(int argc, char **argv, struct options *o) {
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        if (strcmp(name, "--list") == 0) {
            o->list = true;
            continue;
        }
        if (i + 1 == argc)
            return false;
        const char *value = argv[++i];
        if (strcmp(name, "--seconds") == 0)
            o->seconds = atof(value);
        else if (strcmp(name, "--count") == 0)
            o->count = strtoull(value, 0, 0);
        else if (strcmp(name, "--seed") == 0)
            o->seed = strtoull(value, 0, 0);
        else if (strcmp(name, "--row") == 0)
            o->row = value;
        else if (strcmp(name, "--mode") == 0)
            o->mode = atoi(value);
        else if (strcmp(name, "--jobs") == 0)
            o->jobs = (unsigned)atoi(value);
        else if (strcmp(name, "--show") == 0)
            o->show = (unsigned)atoi(value);
        else if (strcmp(name, "--case") == 0)
            o->one_case = strtoull(value, 0, 0), o->single = true;
        else
            return false;
    }
    return o->jobs >= 1 && o->jobs <= JOBS_MAX && o->mode < KINDS;
}

int main(int argc, char **argv) {
    struct options o = {.seconds = 0, .count = 0, .seed = 1, .mode = -1, .jobs = 1, .show = 2};
    if (!parse(argc, argv, &o)) {
        fprintf(stderr, "usage: silicon [--seconds N | --count N] [--seed S] [--row NAME] [--mode 0..3] "
                        "[--jobs N] [--show N] "
                        "[--case N] [--list]\n");
        return EXIT_USAGE;
    }
    if (o.seconds <= 0 && o.count == 0)
        o.seconds = 10;
    struct tally *t = mmap(0, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED)
        return EXIT_HOST;
    const struct profile *p = core_host_profile();
    unsigned first = o.mode < 0 ? 0 : (unsigned)o.mode, last = o.mode < 0 ? KINDS - 1 : first;
    int worst = 0;
    for (unsigned kind = first; kind <= last; kind++) {
        double seconds = o.seconds > 0 ? o.seconds / (last - first + 1) : 1e18;
        uint64_t count = o.count ? o.count / (last - first + 1) : UINT64_MAX;
        int code = run_kind(&o, (enum kind)kind, t, p, seconds, count);
        worst = code > worst ? code : worst;
    }
    if (o.list || o.single)
        return worst;
    bool good = summary(&o, t, p);
    return worst ? worst : good ? 0 : EXIT_DIFFERENT;
}
