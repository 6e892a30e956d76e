/* SPDX-License-Identifier: BSD-2-Clause */
/* test_physical - a machine's memory as its embedder sees it: sizes, RAM shared with a file, ROM and its low
 * copy, addresses where nothing answers, and what snapshots know of writes. Each expectation cites the
 * interface or the manual. */
#include "scene.h"

enum { MIB = 1 << 20, ROM_BYTES = 0x10000, UNCLAIMED = 0x50000000 };
static const uint64_t rom_base = UINT64_C(0x100000000) - ROM_BYTES;

static void sizes(void) {
    static const struct {
        uint64_t bytes;
        bool possible;
    } cases[] = {{0, false},         {1, true},           {0x10000, true},
                 {0xc0000000, true}, {0xc0000001, false}, {UINT64_MAX, false}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refcore *m = refcore_create("zen", cases[i].bytes);
        EXPECT((m != 0) == cases[i].possible, "refcore.h, refcore_create: 64 KiB to 3 GiB");
        if (!m)
            continue;
        uint8_t edge[2] = {0x5a, 0x5a};
        uint64_t end = (cases[i].bytes + 0xffff) & ~UINT64_C(0xffff);
        refcore_write_memory(m, end - 1, edge, 2);
        edge[0] = edge[1] = 0;
        refcore_read_memory(m, end - 1, edge, 2);
        EXPECT(edge[0] == 0x5a && edge[1] == 0xff,
               "refcore.h: RAM rounded up to 64 KiB; bytes elsewhere read as FFh and are not written");
        refcore_destroy(m);
    }
    EXPECT(!refcore_create("no such profile", MIB), "refcore.h, refcore_create: unknown profile");
}

static void shared(void) {
    EXPECT(!refcore_create_shared("zen", MIB, 9999), "refcore.h, refcore_create_shared: no such file");
    FILE *file = tmpfile();
    EXPECT(file != 0, "a temporary file");
    if (!file)
        return;
    static uint8_t bytes[MIB];
    bytes[0x1234] = 0x77;
    EXPECT(fwrite(bytes, 1, MIB, file) == MIB && fflush(file) == 0, "a file of RAM");
    struct refcore *m = refcore_create_shared("zen", MIB, fileno(file));
    EXPECT(m != 0, "refcore.h, refcore_create_shared");
    uint8_t byte = 0;
    refcore_read_memory(m, 0x1234, &byte, 1);
    EXPECT(byte == 0x77, "refcore.h, refcore_create_shared: RAM is taken as it is");
    byte = 0x78;
    refcore_write_memory(m, 0x1235, &byte, 1);
    refcore_destroy(m);
    EXPECT(fseek(file, 0x1235, SEEK_SET) == 0 && fgetc(file) == 0x78,
           "refcore.h, refcore_create_shared: another process can read along");
    fclose(file);
}

static void rom(void) {
    scene_protected("skylake-server", 0);
    static uint8_t image[0x210000];
    for (unsigned i = 0; i < sizeof image; i++)
        image[i] = (uint8_t)(i * 7 + 1);
    static const size_t refused[] = {0, 1, 0xffff, 0x18000, 0x210000};
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++)
        EXPECT(refcore_load_rom(g.m, image, refused[i]) != 0,
               "refcore.h, refcore_load_rom: a multiple of 64 KiB, at most 2 MiB");
    EXPECT(refcore_load_rom(g.m, image, 0x200000) == 0 && get(0xfffffff0, 1) == image[0x1ffff0] &&
               get(0xe0000, 1) == image[0x1e0000] && get(0xffe00000, 1) == image[0],
           "a ROM of 2 MiB ends at 4 GiB; its last 128 KiB appear below 1 MiB");
    EXPECT(refcore_load_rom(g.m, image, ROM_BYTES) == 0 && get(rom_base, 1) == image[0] &&
               get(0xf0000, 1) == image[0] && get(rom_base - 1, 1) == 0xff,
           "a smaller one in its place");
    put(0xeffff, 0, 1);
    put(rom_base, 0xaa, 1);
    put(0xf0000, 0xaa, 1);
    EXPECT(get(rom_base, 1) == image[0] && get(0xf0000, 1) == image[0], "ROM is not written");
    /* a guest's store across its lower edge, and one into it; a load across 4 GiB, where addresses wrap */
    EMIT(0xa3, BYTES4(0xefffe));
    g.s.gpr[AX] = 0x44332211;
    go(1);
    EXPECT(get(0xefffe, 2) == 0x2211 && get(0xf0000, 2) == (unsigned)(image[0] | image[1] << 8),
           "the half of a store that lies in RAM; ROM stays");
    put(0, 0xbeef, 2);
    g.at = g.s.rip = CODE;
    EMIT(0x8b, 0x01);
    g.s.gpr[CX] = 0xfffffffe;
    g.s.segment[DS].base = 0;
    g.s.segment[DS].rights &= 0xfffb;
    g.s.segment[DS].limit = 0xffffffff;
    go(1);
    EXPECT_FAULT(GP_, 0, "SDM 3A, Limit Checking: a doubleword beyond FFFFFFFFh");
    scene_protected("skylake-server", 0);
    put(0, 0xbeef, 2);
    EMIT(0x8b, 0x01);
    g.s.gpr[CX] = 0xffe;
    g.s.segment[DS].base = 0xfffff000;
    go(1);
    EXPECT(g.s.gpr[AX] == (0xbeef0000U | image[0xfffe] | image[0xffff] << 8),
           "SDM 3A, Segment Descriptors: the linear address wraps at 4 GiB");
    /* code that runs from ROM: its last bytes before 4 GiB, and on at 0 */
    static uint8_t nops[ROM_BYTES];
    memset(nops, 0x90, sizeof nops);
    EXPECT(refcore_load_rom(g.m, nops, sizeof nops) == 0, "a ROM of NOPs");
    scene_protected("skylake-server", 0);
    put(0, 0xf490, 2); /* NOP; HLT */
    g.s.rip = 0xfffffffe;
    go(4);
    EXPECT(g.s.halted && g.s.rip == 2, "SDM 1, Instruction Pointer: EIP wraps at 4 GiB");
}

static void snapshots(void) {
    scene_protected("intel-max", 0);
    EMIT(0xa3, BYTES4(0x150000), 0xa3, BYTES4(UNCLAIMED)); /* MOV [150000h], EAX; MOV [UNCLAIMED], EAX */
    g.s.gpr[AX] = 0x99;
    put(0x150000, 1, 4);
    put(0x151000, 2, 4);
    scene_enter();
    for (unsigned i = 0; i < 2;
         i++) { /* the second replaces the first as the one that writes are counted from */
        struct refcore_snapshot *s = refcore_snapshot_take(g.m);
        EXPECT(s != 0, "refcore.h, refcore_snapshot_take");
        go_on(2);
        put(0x151000, 0x98, 4);
        put(UNCLAIMED, 0x97, 4);
        EXPECT(get(0x150000, 4) == 0x99 && get(UNCLAIMED, 4) == 0xffffffff && g.s.rip == CODE + 10U,
               "stores to RAM and to where nothing answers");
        refcore_snapshot_restore(g.m, s);
        refcore_get_state(g.m, &g.s);
        EXPECT(get(0x150000, 4) == 1 && get(0x151000, 4) == 2 && g.s.rip == CODE,
               "refcore.h, refcore_snapshot_restore: pages the guest and the embedder have written");
        if (i == 0) { /* of a snapshot that is no longer the last: every page is compared */
            struct refcore_snapshot *later = refcore_snapshot_take(g.m);
            put(0x152000, 3, 4);
            refcore_snapshot_restore(g.m, s);
            EXPECT(later && get(0x152000, 4) == 0, "refcore_snapshot_restore of an earlier one");
            refcore_snapshot_free(later);
        }
        refcore_snapshot_free(s);
    }
}

int main(void) {
    g.test = "test_physical";
    sizes();
    shared();
    rom();
    snapshots();
    return scene_end();
}
