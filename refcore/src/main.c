/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - the command line. Uses the public interface, and decode/json.h for `refcore opcodes`. */
#include "cpu/defect.h"
#include "decode/json.h"
#include "refcore.h"
#include "vectors.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* Even, so that no guest's own code, which is odd, can be taken for one of them; never 2. */
enum {
    END_CLEAN = 0,
    END_USAGE = 64,
    END_UNREADABLE = 66,
    END_BAD_IMAGE = 68,
    END_SHUTDOWN = 70,
    END_HALTED = 72,
    END_LIMIT = 74,
    END_NO_MEMORY = 76,
};

enum { MODULES_MAX = 32, WORDS_MAX = 4, MEBIBYTE = 1 << 20 };

/* Written by a guest that wants its hidden segment parts seen; runners/boot.py reads what we write then. */
enum { WITNESS_PORT = 0xfa, UNUSABLE = 1 << 8 };

static const char help[] =
    "usage: refcore --rom FILE | --kernel ELF | --disk IMG  [options]\n"
    "       refcore --cpu help\n"
    "       refcore opcodes --json\n"
    "\n"
    "  --rom FILE          ROM image that ends at 4 GiB (a multiple of 64 KiB, at most 2 MiB)\n"
    "  --kernel ELF        multiboot 1 kernel\n"
    "  --append STRING     its command line\n"
    "  --initrd FILE,...   its modules; what follows a blank after the name is the module's command line\n"
    "  --disk IMG          raw disk image: its first sector is booted\n"
    "  --cpu PROFILE       processor (default intel-max); help lists them\n"
    "  --memory MIB        RAM (default 128, 1..3072)\n"
    "  --ram FILE          RAM is this file, mapped shared (made or extended as needed)\n"
    "  --max-insns N       stop after N instructions\n"
    "  --count FILE|-      the number of instructions executed, written when the guest has ended\n"
    "  --debugcon FILE|-   bytes written to port E9h (default: standard output)\n"
    "  --serial FILE|-     bytes sent by the 16550 at 3F8h (default: dropped); a terminal's are received "
    "too\n"
    "  --trace FILE|-      one line an instruction: count, CS:RIP, text, what has changed since the line "
    "before\n"
    "  --hidden FILE       at each write to port FAh: ES CS SS DS FS GS LDTR TR with their hidden parts, 16 "
    "bytes\n"
    "                      each (selector, rights, limit, base), then the words asked for\n"
    "  --hidden-word ADDR  a physical doubleword to add; up to four\n"
    "  --vectors FILE      launch snapshots of all cases of a ringdiff image (docs/vector-format.md)\n"
    "  --version, --help\n"
    "\n"
    "Exit code: (v << 1) | 1 for a value v written to port F4h; otherwise\n"
    "  0 powered off   70 shutdown: triple fault or reset   72 halted for good   74 instruction limit\n"
    "  64 bad usage   66 cannot read or write a file   68 bad image   76 not enough memory\n";

struct options {
    const char *rom, *kernel, *append, *initrd, *disk, *cpu, *ram, *debugcon, *serial, *trace, *hidden,
        *count, *vectors, *defect;
    uint64_t memory, limit;
    uint64_t word[WORDS_MAX];
    unsigned words;
};

struct run {
    struct refcore *machine;
    FILE *debugcon, *serial, *trace, *hidden;
    const struct options *options;
    struct refcore_state before; /* of the trace line before */
    int serial_in;               /* a terminal, or -1 */
    bool sent;                   /* since the last look at it */
    unsigned looks;              /* at it that have been spared */
};

/* ---- errors ---- */

static _Noreturn void fail(int code, const char *what, const char *why) {
    fflush(stdout);
    if (why)
        fprintf(stderr, "refcore: %s: %s\n", what, why);
    else
        fprintf(stderr, "refcore: %s\n", what);
    exit(code);
}

/* ---- files ---- */

struct bytes {
    uint8_t *at;
    size_t size;
};

/* The whole file; pipes too. */
static struct bytes read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file)
        fail(END_UNREADABLE, path, strerror(errno));
    struct bytes got = {0};
    size_t room = 0;
    for (;;) {
        if (got.size == room) {
            room = room ? room * 2 : 1 << 16;
            uint8_t *more = realloc(got.at, room);
            if (!more)
                fail(END_NO_MEMORY, path, "too large");
            got.at = more;
        }
        size_t part = fread(got.at + got.size, 1, room - got.size, file);
        got.size += part;
        if (part == 0)
            break;
    }
    if (ferror(file))
        fail(END_UNREADABLE, path, strerror(errno));
    fclose(file);
    return got;
}

static FILE *open_output(const char *path) {
    if (!path)
        return 0;
    if (strcmp(path, "-") == 0)
        return stdout;
    FILE *file = fopen(path, "wb");
    if (!file)
        fail(END_UNREADABLE, path, strerror(errno));
    return file;
}

/* A terminal is a line with two ends, made raw; anything else only takes what the guest sends. */
static void open_serial(struct run *run, const char *path) {
    struct termios line;
    run->serial_in = -1;
    if (path && strcmp(path, "-") != 0)
        run->serial_in = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (run->serial_in < 0 || tcgetattr(run->serial_in, &line) != 0) {
        if (run->serial_in >= 0)
            close(run->serial_in);
        run->serial_in = -1;
        run->serial = open_output(path);
        return;
    }
    cfmakeraw(&line);
    int out = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (tcsetattr(run->serial_in, TCSANOW, &line) != 0 || out < 0 || !(run->serial = fdopen(out, "wb")))
        fail(END_UNREADABLE, path, strerror(errno));
}

static int open_ram(const char *path, uint64_t size) {
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat now;
    if (file < 0 || fstat(file, &now) != 0 ||
        (now.st_size < (off_t)size && ftruncate(file, (off_t)size) != 0))
        fail(END_UNREADABLE, path, strerror(errno));
    return file;
}

/* ---- hooks ---- */

static void debug_byte(void *context, uint8_t byte) {
    const struct run *run = context;
    if (run->debugcon)
        putc(byte, run->debugcon);
}

static void serial_byte(void *context, uint8_t byte) {
    struct run *run = context;
    if (run->serial)
        putc(byte, run->serial);
    run->sent = true;
}

/* A guest that sends looks at the line status before each byte: only now and then is that worth a system
 * call. */
static int serial_input(void *context) {
    enum { SPARED = 256 };
    struct run *run = context;
    if (run->sent && ++run->looks % SPARED) {
        run->sent = false;
        return -1;
    }
    fflush(run->serial);
    uint8_t byte;
    return read(run->serial_in, &byte, 1) == 1 ? byte : -1;
}

static void trace_changes(FILE *to, const struct refcore_state *before, const struct refcore_state *now) {
    static const char *const names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    for (unsigned i = 0; i < 16; i++) {
        if (before->gpr[i] != now->gpr[i])
            fprintf(to, " %s=%" PRIx64, names[i], now->gpr[i]);
    }
    const struct {
        const char *name;
        uint64_t before, now;
    } others[] = {{"rflags", before->rflags, now->rflags}, {"cr0", before->cr0, now->cr0},
                  {"cr2", before->cr2, now->cr2},          {"cr3", before->cr3, now->cr3},
                  {"cr4", before->cr4, now->cr4},          {"efer", before->efer, now->efer},
                  {"dr6", before->dr6, now->dr6},          {"dr7", before->dr7, now->dr7}};
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (others[i].before != others[i].now)
            fprintf(to, " %s=%" PRIx64, others[i].name, others[i].now);
    }
    static const char *const segments[8] = {"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"};
    for (unsigned i = 0; i < 8; i++) {
        if (before->segment[i].selector != now->segment[i].selector)
            fprintf(to, " %s=%04x", segments[i], now->segment[i].selector);
    }
}

/* Called before each instruction: the changes are those the one before has made. */
static void trace_instruction(void *context, const struct refcore_state *state, unsigned length,
                              const char *text) {
    struct run *run = context;
    trace_changes(run->trace, &run->before, state);
    fprintf(run->trace, "\n%" PRIu64 " %04x:%0*" PRIx64 " %u %s ;", state->instructions,
            state->segment[1].selector, state->efer & 0x400 ? 16 : 8, state->rip, length, text);
    run->before = *state;
}

/* One entry leaves at once: who reads along finds it before the guest's next word. */
static bool show_segments(void *context, uint16_t port, unsigned size, uint32_t value) {
    struct run *run = context;
    struct refcore_state state;
    struct {
        uint16_t selector, rights;
        uint32_t limit;
        uint64_t base;
    } segment[8];
    _Static_assert(sizeof segment == 128, "the entry has no padding");
    (void)size;
    (void)value;
    if (port != WITNESS_PORT || !run->hidden)
        return false;
    refcore_get_state(run->machine, &state);
    for (unsigned i = 0; i < 8; i++) {
        const struct refcore_segment *s = &state.segment[i];
        segment[i].selector = s->selector;
        segment[i].rights = (uint16_t)(s->rights | (s->null ? UNUSABLE : 0));
        segment[i].limit = s->limit;
        segment[i].base = s->base;
    }
    fwrite(segment, sizeof segment, 1, run->hidden);
    for (unsigned i = 0; i < run->options->words; i++) {
        uint8_t word[4];
        refcore_read_memory(run->machine, run->options->word[i], word, sizeof word);
        fwrite(word, sizeof word, 1, run->hidden);
    }
    fflush(run->hidden);
    return true;
}

/* ---- arguments ---- */

static uint64_t number(const char *option, const char *text, uint64_t least, uint64_t most) {
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 0);
    if (*text < '0' || *text > '9' || *end || errno || value < least || value > most) {
        fprintf(stderr, "refcore: %s %s: a number from %" PRIu64 " to %" PRIu64 " is wanted\n", option, text,
                least, most);
        exit(END_USAGE);
    }
    return value;
}

static _Noreturn void list_profiles(void) {
    const char *name;
    for (unsigned i = 0; (name = refcore_profile_name(i)) != 0; i++)
        printf("%-16s %s\n", name, refcore_profile_title(name));
    exit(END_CLEAN);
}

#if defined(REFCORE_TAIL) && REFCORE_TAIL
#define DISPATCH "tail calls"
#else
#define DISPATCH "loop"
#endif

static struct options parse(int argc, char **argv) {
    enum {
        ROM = 256,
        KERNEL,
        APPEND,
        INITRD,
        DISK,
        CPU,
        MEMORY,
        RAM,
        MAX_INSNS,
        COUNT,
        DEBUGCON,
        SERIAL,
        TRACE,
        HIDDEN,
        HIDDEN_WORD,
        VECTORS,
        DEFECT_NAME,
        VERSION
    };
    static const struct option list[] = {{"rom", required_argument, 0, ROM},
                                         {"kernel", required_argument, 0, KERNEL},
                                         {"append", required_argument, 0, APPEND},
                                         {"initrd", required_argument, 0, INITRD},
                                         {"disk", required_argument, 0, DISK},
                                         {"cpu", required_argument, 0, CPU},
                                         {"memory", required_argument, 0, MEMORY},
                                         {"ram", required_argument, 0, RAM},
                                         {"max-insns", required_argument, 0, MAX_INSNS},
                                         {"count", required_argument, 0, COUNT},
                                         {"debugcon", required_argument, 0, DEBUGCON},
                                         {"serial", required_argument, 0, SERIAL},
                                         {"trace", required_argument, 0, TRACE},
                                         {"hidden", required_argument, 0, HIDDEN},
                                         {"hidden-word", required_argument, 0, HIDDEN_WORD},
                                         {"vectors", required_argument, 0, VECTORS},
#ifdef REFCORE_DEFECTS
                                         {"defect", required_argument, 0, DEFECT_NAME},
#endif
                                         {"version", no_argument, 0, VERSION},
                                         {"help", no_argument, 0, 'h'},
                                         {0, 0, 0, 0}};
    struct options o = {.cpu = "intel-max", .memory = 128, .limit = UINT64_MAX, .debugcon = "-"};
    int option;
    while ((option = getopt_long(argc, argv, "h", list, 0)) != -1) {
        switch (option) {
        case ROM:
            o.rom = optarg;
            break;
        case KERNEL:
            o.kernel = optarg;
            break;
        case APPEND:
            o.append = optarg;
            break;
        case INITRD:
            o.initrd = optarg;
            break;
        case DISK:
            o.disk = optarg;
            break;
        case DEFECT_NAME:
            o.defect = optarg;
            break;
        case CPU:
            o.cpu = optarg;
            break;
        case MEMORY:
            o.memory = number("--memory", optarg, 1, 3072);
            break;
        case RAM:
            o.ram = optarg;
            break;
        case MAX_INSNS:
            o.limit = number("--max-insns", optarg, 0, INT64_MAX);
            break;
        case COUNT:
            o.count = optarg;
            break;
        case DEBUGCON:
            o.debugcon = optarg;
            break;
        case SERIAL:
            o.serial = optarg;
            break;
        case TRACE:
            o.trace = optarg;
            break;
        case HIDDEN:
            o.hidden = optarg;
            break;
        case VECTORS:
            o.vectors = optarg;
            break;
        case HIDDEN_WORD:
            if (o.words == WORDS_MAX)
                fail(END_USAGE, "--hidden-word", "more than four");
            o.word[o.words++] = number("--hidden-word", optarg, 0, UINT32_MAX);
            break;
        case VERSION:
            puts("refcore " REFCORE_VERSION " (" DISPATCH ")");
            exit(END_CLEAN);
        case 'h':
            fputs(help, stdout);
            exit(END_CLEAN);
        default:
            exit(END_USAGE); /* getopt has said why */
        }
    }
    if (strcmp(o.cpu, "help") == 0)
        list_profiles();
    if (optind != argc)
        fail(END_USAGE, argv[optind], "not an option; see refcore --help");
    if (!refcore_profile_title(o.cpu))
        fail(END_USAGE, o.cpu, "unknown processor; refcore --cpu help lists them");
    if ((o.rom != 0) + (o.kernel != 0) + (o.disk != 0) != 1)
        fail(END_USAGE, "one of --rom, --kernel and --disk is wanted; see refcore --help", 0);
    if (o.vectors && o.memory < 32)
        fail(END_USAGE, "--vectors", "needs --memory 32 or more");
    if (!o.kernel && (o.append || o.initrd))
        fail(END_USAGE, "--append and --initrd go with --kernel", 0);
    return o;
}

/* ---- loading ---- */

/* "FILE[ ARGUMENTS],FILE...": the command line of a module is its whole entry, as QEMU passes it. */
static unsigned read_modules(char *list, struct refcore_module *modules) {
    unsigned count = 0;
    char *rest = list;
    for (char *entry = strsep(&rest, ","); entry; entry = strsep(&rest, ",")) {
        if (count == MODULES_MAX)
            fail(END_USAGE, "--initrd", "more than 32 modules");
        char *path = strdup(entry);
        if (!path)
            fail(END_NO_MEMORY, "not enough memory", 0);
        path[strcspn(path, " ")] = 0;
        struct bytes module = read_file(path);
        modules[count++] = (struct refcore_module){module.at, module.size, entry};
        free(path);
    }
    return count;
}

static const char *load_kernel(struct refcore *m, const struct options *o, struct bytes image) {
    struct refcore_module modules[MODULES_MAX];
    unsigned count = 0;
    char *list = 0;
    if (o->initrd) {
        list = strdup(o->initrd);
        if (!list)
            fail(END_NO_MEMORY, "not enough memory", 0);
        count = read_modules(list, modules);
    }
    /* the first word is the kernel's name, as boot loaders pass it */
    size_t room = strlen(o->kernel) + (o->append ? strlen(o->append) : 0) + 2;
    char *command_line = malloc(room);
    if (!command_line)
        fail(END_NO_MEMORY, "not enough memory", 0);
    snprintf(command_line, room, "%s%s%s", o->kernel, o->append ? " " : "", o->append ? o->append : "");
    const char *error = refcore_load_multiboot(m, image.at, image.size, command_line, modules, count);
    free(command_line);
    for (unsigned i = 0; i < count; i++)
        free((void *)(uintptr_t)modules[i].bytes);
    free(list);
    return error;
}

static void load(struct refcore *m, const struct options *o) {
    const char *path = o->rom ? o->rom : o->kernel ? o->kernel : o->disk;
    struct bytes image = read_file(path);
    const char *error = o->vectors ? vectors_prepare(image.at, image.size) : 0;
    if (error)
        fail(END_BAD_IMAGE, path, error);
    error = o->rom      ? refcore_load_rom(m, image.at, image.size)
            : o->kernel ? load_kernel(m, o, image)
                        : refcore_load_disk(m, image.at, image.size);
    free(image.at);
    if (error)
        fail(END_BAD_IMAGE, path, error);
}

/* ---- running ---- */

/* Runs in parts, so that output reaches files while the guest runs. */
static enum refcore_end run_guest(struct run *run, uint64_t limit) {
    enum { PART = 10000000 };
    enum refcore_end end;
    struct refcore_state state;
    uint64_t left = limit;
    do {
        end = refcore_run(run->machine, left < PART ? left : PART);
        refcore_get_state(run->machine, &state);
        left = limit > state.instructions ? limit - state.instructions : 0;
        if (run->debugcon)
            fflush(run->debugcon);
        if (run->serial)
            fflush(run->serial);
    } while (end == REFCORE_LIMIT && left);
    return end;
}

static int exit_code(struct refcore *m, enum refcore_end end) {
    switch (end) {
    case REFCORE_LIMIT:
        return END_LIMIT;
    case REFCORE_SHUTDOWN:
        return END_SHUTDOWN;
    case REFCORE_HALT:
        return END_HALTED;
    case REFCORE_EXIT:
    case REFCORE_STOPPED:
        break;
    }
    int code = refcore_exit_code(m);
    return code < 0 ? END_CLEAN : code & 0xff;
}

static void close_output(FILE *file, const char *path) {
    if (file && (fflush(file) != 0 || ferror(file)))
        fail(END_UNREADABLE, path, "cannot be written");
    if (file && file != stdout)
        fclose(file);
}

static void print_count(struct refcore *machine, const char *path) {
    FILE *file = open_output(path);
    if (!file)
        return;
    struct refcore_state state;
    refcore_get_state(machine, &state);
    fprintf(file, "%" PRIu64 "\n", state.instructions);
    close_output(file, path);
}

static int print_opcodes(int argc, char **argv) {
    if (argc != 3 || strcmp(argv[2], "--json") != 0)
        fail(END_USAGE, "usage: refcore opcodes --json", 0);
    opcodes_json(stdout);
    if (fflush(stdout) != 0 || ferror(stdout))
        fail(END_UNREADABLE, "standard output", "cannot be written");
    return END_CLEAN;
}

/* The machine's RAM is a file of its own, so that it can be looked at in place. */
static int take_vectors(const struct options *o) {
    const uint64_t size = o->memory * MEBIBYTE;
    int file = memfd_create("ringdiff-ram", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)size) != 0)
        fail(END_NO_MEMORY, "not enough memory for the machine", 0);
    const uint8_t *ram = mmap(0, size, PROT_READ, MAP_SHARED, file, 0);
    struct refcore *m = refcore_create_shared(o->cpu, size, file);
    if (!m || ram == MAP_FAILED)
        fail(END_NO_MEMORY, "not enough memory for the machine", 0);
    close(file);
    load(m, o);
    FILE *to = open_output(o->vectors);
    const char *error = vectors_take(m, ram, size, o->cpu, to);
    if (error)
        fail(END_BAD_IMAGE, "--vectors", error);
    close_output(to, o->vectors);
    refcore_destroy(m);
    munmap((void *)(uintptr_t)ram, size);
    return END_CLEAN;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "opcodes") == 0)
        return print_opcodes(argc, argv);
    struct options o = parse(argc, argv);
    if (o.vectors)
        return take_vectors(&o);
    int file = o.ram ? open_ram(o.ram, o.memory * MEBIBYTE) : -1;
    struct run run = {.machine = refcore_create_shared(o.cpu, o.memory * MEBIBYTE, file), .options = &o};
    if (!run.machine)
        fail(END_NO_MEMORY, "not enough memory for the machine", 0);
    if (file >= 0)
        close(file);
#ifdef REFCORE_DEFECTS
    if (o.defect && !refcore_set_defect(run.machine, o.defect))
        fail(END_USAGE, o.defect, "no such defect");
#endif
    load(run.machine, &o);
    run.debugcon = open_output(o.debugcon);
    open_serial(&run, o.serial);
    run.trace = open_output(o.trace);
    run.hidden = open_output(o.hidden);
    refcore_set_hooks(run.machine,
                      &(struct refcore_hooks){.context = &run,
                                              .debug_byte = debug_byte,
                                              .serial_byte = serial_byte,
                                              .serial_input = run.serial_in < 0 ? 0 : serial_input,
                                              .port_out = o.hidden ? show_segments : 0,
                                              .instruction = run.trace ? trace_instruction : 0});
    refcore_get_state(run.machine, &run.before);
    enum refcore_end end = run_guest(&run, o.limit);
    if (run.trace) {
        struct refcore_state last;
        refcore_get_state(run.machine, &last);
        trace_changes(run.trace, &run.before, &last);
        putc('\n', run.trace);
    }
    print_count(run.machine, o.count);
    int code = exit_code(run.machine, end);
    close_output(run.debugcon, o.debugcon);
    close_output(run.serial, o.serial);
    close_output(run.hidden, o.hidden);
    close_output(run.trace, o.trace);
    refcore_destroy(run.machine);
    return code;
}
