/* SPDX-License-Identifier: BSD-2-Clause */
/* compiled.c - what a compiler makes of ordinary code: sort, CRC-32, matrix product, strings. Freestanding, position
 * independent, no data of its own but what it writes into the workload's memory. */
#include <stdint.h>

struct memory {
    uint32_t number[1024];
    uint32_t table[256];
    uint8_t text[4096];
    int64_t a[24][24], b[24][24], product[24][24];
};

static void sort(uint32_t *v, int low, int high) {
    while (low < high) {
        uint32_t pivot = v[(low + high) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                uint32_t swapped = v[i];
                v[i++] = v[j];
                v[j--] = swapped;
            }
        }
        sort(v, low, j);
        low = i;
    }
}

static uint32_t crc32(struct memory *m) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
        m->table[i] = crc;
    }
    uint32_t crc = ~0U;
    for (int i = 0; i < 4096; i++)
        crc = crc >> 8 ^ m->table[(crc ^ m->text[i]) & 0xff];
    return ~crc;
}

static int64_t multiply(struct memory *m) {
    int64_t trace = 0;
    for (int i = 0; i < 24; i++) {
        for (int j = 0; j < 24; j++) {
            int64_t sum = 0;
            for (int k = 0; k < 24; k++)
                sum += m->a[i][k] * m->b[k][j];
            m->product[i][j] = sum;
        }
        trace += m->product[i][i];
    }
    return trace;
}

static unsigned words(const uint8_t *text, unsigned size) {
    unsigned count = 0, longest = 0, length = 0;
    for (unsigned i = 0; i < size; i++) {
        if (text[i] > ' ') {
            length++;
            continue;
        }
        if (length > longest)
            longest = length;
        count += length != 0;
        length = 0;
    }
    return count << 8 | longest;
}

__attribute__((section(".text.startup"))) uint64_t work(void) {
    struct memory *m = (struct memory *)0x800000;
    uint32_t seed = 12345;
    for (int i = 0; i < 1024; i++)
        m->number[i] = seed = seed * 1664525 + 1013904223;
    for (int i = 0; i < 4096; i++) {
        seed = seed * 1664525 + 1013904223;
        m->text[i] = (uint8_t)(seed >> 24 & 15 ? 'a' + (seed >> 28) : ' ');
    }
    for (int i = 0; i < 24 * 24; i++) {
        m->a[i / 24][i % 24] = i * 3 - 7;
        m->b[i % 24][i / 24] = i ^ 21;
    }
    sort(m->number, 0, 1023);
    return m->number[512] ^ (uint64_t)crc32(m) << 32 ^ (uint64_t)multiply(m) ^ words(m->text, sizeof m->text);
}
