/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - the command line, and the parent: it starts the child that holds the model, watches it, charges the case that ends
 * it, and starts another one that goes on behind. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { USAGE = 64, FUTILE_MAX = 3, LOOK_MS = 20 };
#define CREATE_SECONDS 60.0

static const char help[] =
    "usage: model-host --vectors FILE --model FILE.so --stream FILE [options]\n"
    "       model-host --probe FILE.so [--profile NAME] [--settings TEXT]\n"
    "\n"
    "  --vectors FILE    launch snapshots (refcore --vectors)\n"
    "  --model FILE.so   what is under test (docs/model-abi.md)\n"
    "  --stream FILE     record stream, appended to\n"
    "  --ids FILE        lines KEY ID: what the model is told of each body\n"
    "  --settings TEXT   KEY=VALUE,... for the model\n"
    "  --start N, --count N, --flags N, --skip N (repeated)   as in an image's header\n"
    "  --seconds S       most for one case (default 3)\n"
    "  --instructions N  most for one window (default 2000000)\n"
    "  --profile NAME    --probe: the CPU profile it is to work with (default: any)\n"
    "\n"
    "Exit codes: docs/runner-protocol.md.\n";

static _Noreturn void fail(int code, const char *what, const char *why) {
    fprintf(stderr, "model-host: %s: %s\n", what, why);
    exit(code);
}

/* ---- arguments ---- */

static uint32_t number(const char *option, const char *text) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 0);
    if (*text < '0' || *text > '9' || *end || errno || value > UINT32_MAX)
        fail(USAGE, option, "a number is wanted");
    return (uint32_t)value;
}

static struct options parse(int argc, char **argv, const char **probe, const char **profile) {
    enum {
        VECTORS = 256,
        MODEL,
        STREAM,
        IDS,
        SETTINGS,
        START,
        COUNT,
        FLAGS,
        SKIP_ONE,
        SECONDS,
        INSTRUCTIONS,
        PROBE,
        PROFILE
    };
    static const struct option list[] = {{"vectors", required_argument, 0, VECTORS},
                                         {"model", required_argument, 0, MODEL},
                                         {"stream", required_argument, 0, STREAM},
                                         {"ids", required_argument, 0, IDS},
                                         {"settings", required_argument, 0, SETTINGS},
                                         {"start", required_argument, 0, START},
                                         {"count", required_argument, 0, COUNT},
                                         {"flags", required_argument, 0, FLAGS},
                                         {"skip", required_argument, 0, SKIP_ONE},
                                         {"seconds", required_argument, 0, SECONDS},
                                         {"instructions", required_argument, 0, INSTRUCTIONS},
                                         {"probe", required_argument, 0, PROBE},
                                         {"profile", required_argument, 0, PROFILE},
                                         {"help", no_argument, 0, 'h'},
                                         {0, 0, 0, 0}};
    struct options o = {.settings = "", .count = UINT32_MAX, .seconds = 3, .instructions = 2000000};
    int option;
    while ((option = getopt_long(argc, argv, "h", list, 0)) != -1) {
        switch (option) {
        case VECTORS:
            o.vectors = optarg;
            break;
        case MODEL:
            o.model = optarg;
            break;
        case STREAM:
            o.stream = optarg;
            break;
        case IDS:
            o.ids = optarg;
            break;
        case SETTINGS:
            o.settings = optarg;
            break;
        case START:
            o.start = number("--start", optarg);
            break;
        case COUNT:
            o.count = number("--count", optarg);
            break;
        case FLAGS:
            o.flags = number("--flags", optarg);
            break;
        case SKIP_ONE:
            if (o.skips == sizeof o.skip / sizeof *o.skip)
                fail(USAGE, "--skip", "more than 64");
            o.skip[o.skips++] = number("--skip", optarg);
            break;
        case SECONDS:
            o.seconds = strtod(optarg, 0);
            if (!(o.seconds > 0 && o.seconds < 100000))
                fail(USAGE, "--seconds", "a positive number is wanted");
            break;
        case INSTRUCTIONS:
            o.instructions = number("--instructions", optarg);
            break;
        case PROBE:
            *probe = optarg;
            break;
        case PROFILE:
            *profile = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            exit(0);
        default:
            exit(USAGE);
        }
    }
    if (optind != argc || (!*probe && (!o.vectors || !o.model || !o.stream)))
        fail(USAGE, "arguments", "see model-host --help");
    return o;
}

/* ---- probe ---- */

static void print_text(const char *name, const char *text) {
    printf("\"%s\": \"", name);
    for (; text && *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else
            putchar(c < ' ' || c > '~' ? '?' : c);
    }
    printf("\", ");
}

static uint32_t no_port_in(void *context, uint16_t port, unsigned size) {
    (void)context, (void)port, (void)size;
    return UINT32_MAX;
}
static void no_port_out(void *context, uint16_t port, unsigned size, uint32_t value) {
    (void)context, (void)port, (void)size, (void)value;
}

/* NULL, or why the model cannot be used here with this profile (NULL: with either vendor's). Created once: some
 * know their version only then. */
static const char *try_out(struct model *m, const char *profile, const char *settings) {
    const char *const profiles[] = {profile ? profile : "intel-max", "zen"};
    const unsigned count = profile ? 1 : 2;
    static char why[REASON];
    enum { RAM_BYTES = 2 << 20 };
    int file = memfd_create("ringdiff-probe", MFD_CLOEXEC);
    void *ram = MAP_FAILED;
    if (file >= 0 && ftruncate(file, RAM_BYTES) == 0)
        ram = mmap(0, RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (ram == MAP_FAILED)
        fail(HOST_ERROR, "guest memory", strerror(errno));
    for (unsigned i = 0; i < count; i++) {
        struct ringdiff_machine machine = {.abi = RINGDIFF_MODEL_ABI,
                                           .ram_file = (uint32_t)file,
                                           .ram = ram,
                                           .ram_size = RAM_BYTES,
                                           .profile = profiles[i],
                                           .options = settings,
                                           .in = no_port_in,
                                           .out = no_port_out};
        void *self = m->create(&machine);
        if (self) {
            m->destroy(self);
            return 0;
        }
        m->self = 0;
        model_reason(m, "it cannot be created", why);
    }
    return why;
}

/* What the object says of itself, as JSON; what it prints meanwhile is dropped. */
static int show(const char *path, const char *profile, const char *settings) {
    struct model m;
    int out = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY);
    if (out < 0 || null < 0 || dup2(null, STDOUT_FILENO) < 0)
        fail(HOST_ERROR, "/dev/null", strerror(errno));
    const char *why = model_load(&m, path);
    if (!why)
        why = try_out(&m, profile, settings);
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    putchar('{');
    if (why) {
        print_text("error", why);
    } else {
        print_text("name", m.info->name);
        print_text("version", m.info->version);
        print_text("detail", m.info->detail);
    }
    printf("\"modes\": %u, \"can\": %" PRIu64 ", \"cpls\": %u}\n", why ? 0 : m.info->modes,
           why ? 0 : m.info->can, why ? 0 : m.info->cpls);
    return fflush(stdout) == 0 ? 0 : HOST_ERROR;
}

/* ---- the stream's beginning and end ---- */

static bool write_all(int file, const struct frames *f) {
    for (size_t done = 0; done < f->size;) {
        ssize_t part = write(file, f->at + done, f->size - done);
        if (part <= 0)
            return false;
        done += (size_t)part;
    }
    return true;
}

static void write_frames(int stream, struct frames *f, struct control *control) {
    if (!write_all(stream, f))
        fail(HOST_ERROR, "the stream", strerror(errno));
    f->size = 0;
    control->seq = f->seq;
}

static void begin_stream(const struct options *o, const struct vectors *v, int stream,
                         struct control *control) {
    enum { START_AT = 12 };
    struct frames f = {0};
    if (!v->frames) /* single steps */
        return;
    const uint8_t *at = v->frames, *end = v->frames + v->frames_size;
    while (at + sizeof(struct vector_frame) <= end) {
        struct vector_frame head;
        memcpy(&head, at, sizeof head);
        at += sizeof head;
        uint8_t *payload = frame_begin(&f, head.type, head.length);
        memcpy(payload, at, head.length);
        if (head.type == HELLO && head.length >= START_AT + 12) {
            const uint32_t range[3] = {o->start, o->count, o->flags};
            memcpy(payload + START_AT, range, sizeof range);
        }
        frame_end(&f, payload + head.length);
        at += head.length;
    }
    write_frames(stream, &f, control);
    free(f.at);
}

static void end_stream(int stream, struct control *control) {
    struct frames f = {.seq = (uint16_t)control->seq};
    const uint32_t words[3] = {0, control->next, control->cases};
    frame_words(&f, BYE, words, 3);
    write_frames(stream, &f, control);
    free(f.at);
}

/* ---- the child ---- */

static double seconds_since(uint64_t then) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t ns = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
    return ns < then ? 0 : (double)(ns - then) / 1e9;
}

/* Waits for the child; true: it was killed because a case took too long. */
static bool watch(pid_t child, const struct options *o, const struct control *control, int *status) {
    bool hung = false;
    int handle = (int)syscall(SYS_pidfd_open, child, 0);
    for (;;) {
        struct pollfd wait = {.fd = handle, .events = POLLIN};
        if (handle >= 0)
            poll(&wait, 1, LOOK_MS);
        else
            usleep(LOOK_MS * 1000);
        if (waitpid(child, status, WNOHANG) == child)
            break;
        double limit = control->in_flight == NO_ORDINAL ? CREATE_SECONDS : o->seconds;
        if (!hung && seconds_since(control->started) > limit) {
            kill(child, SIGKILL);
            hung = true;
        }
    }
    if (handle >= 0)
        close(handle);
    return hung;
}

static pid_t start_child(const struct options *o, const struct vectors *v, struct control *control,
                         int stream) {
    int ram = memfd_create("ringdiff-ram", MFD_CLOEXEC);
    if (ram < 0 || ftruncate(ram, (off_t)v->head.ram_size) != 0)
        fail(HOST_ERROR, "guest memory", strerror(errno));
    control->in_flight = NO_ORDINAL;
    control->reason[0] = 0;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    control->started = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
    fflush(0);
    pid_t child = fork();
    if (child < 0)
        fail(HOST_ERROR, "fork", strerror(errno));
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        int null = open("/dev/null", O_RDWR);
        if (null >= 0) {
            dup2(null, STDIN_FILENO);
            dup2(null, STDOUT_FILENO);
        }
        int code = child_run(o, v, control, ram, stream);
        _exit(code);
    }
    close(ram);
    return child;
}

static void death_text(int status, bool hung, double seconds, char to[REASON]) {
    if (hung)
        snprintf(to, REASON, "no end after %g s", seconds);
    else if (WIFSIGNALED(status))
        snprintf(to, REASON, "the model's process was killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(to, REASON, "the model's process exited with status %d", WEXITSTATUS(status));
}

/* The case in flight has ended the child. In a batch with others it runs again first, case by case. */
static void charge(const struct vectors *v, struct control *control, int stream, uint32_t ordinal, int code,
                   const char *reason) {
    if (control->next != ordinal) {
        control->careful_until = ordinal + 1;
        return;
    }
    struct frames f = {.seq = (uint16_t)control->seq};
    const struct vector_case *e = v->entry[ordinal];
    const uint32_t begin[3] = {e->key, e->raw, ordinal}, verified = ordinal + 1;
    frame_words(&f, CASE_BEGIN, begin, 3);
    frame_ended(&f, e, (uint32_t)code, reason);
    frame_words(&f, VERIFIED, &verified, 1);
    write_frames(stream, &f, control);
    free(f.at);
    control->next = verified;
    control->cases++;
}

static int supervise(const struct options *o, const struct vectors *v, struct control *control, int stream) {
    unsigned futile = 0;
    while (control->next < o->start + o->count) {
        const uint32_t next = control->next;
        int status = 0;
        pid_t child = start_child(o, v, control, stream);
        bool hung = watch(child, o, control, &status);
        uint32_t ordinal = control->in_flight;
        if (!hung && WIFEXITED(status) && ordinal == NO_ORDINAL) {
            if (WEXITSTATUS(status) == 0 && control->next >= o->start + o->count)
                break;
            if (control->reason[0]) {
                fprintf(stderr, "model-host: %s: %.*s\n", o->model, REASON, control->reason);
                return WEXITSTATUS(status) == HOST_LACKS ? HOST_LACKS : HOST_ERROR;
            }
        }
        char reason[REASON];
        death_text(status, hung, o->seconds, reason);
        if (ordinal != NO_ORDINAL && ordinal < v->ordinals && v->entry[ordinal]) {
            charge(v, control, stream, ordinal, hung ? HOST_HANG : HOST_ERROR, reason);
            futile = 0;
        } else if (control->next == next && ++futile == FUTILE_MAX) {
            fprintf(stderr, "model-host: %s: outside of any case: %s\n", o->model, reason);
            return HOST_ERROR;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    static struct vectors v;
    const char *probe = 0, *profile = 0;
    struct options o = parse(argc, argv, &probe, &profile);
    if (probe)
        return show(probe, profile, o.settings);
    const char *error = vectors_read(&v, o.vectors);
    if (error)
        fail(HOST_ERROR, o.vectors, error);
    if (o.ids && (error = vectors_read_ids(&v, o.ids)) != 0)
        fail(HOST_ERROR, o.ids, error);
    if (o.start > v.ordinals)
        o.start = v.ordinals;
    if (o.count > v.ordinals - o.start)
        o.count = v.ordinals - o.start;
    int stream = open(o.stream, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    struct control *control =
        mmap(0, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (stream < 0 || control == MAP_FAILED)
        fail(HOST_ERROR, o.stream, strerror(errno));
    control->next = o.start;
    begin_stream(&o, &v, stream, control);
    int code = supervise(&o, &v, control, stream);
    if (code)
        return code;
    end_stream(stream, control);
    return HOST_BYE;
}
