/* vm.c - one virtual machine: memory slots, a processor, what KVM cached about them.
   SPDX-License-Identifier: BSD-2-Clause */
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOT_RAM, SLOT_ROM };

#define LOW_COPY      0xe0000u /* the last 128 KiB of the ROM again: where reset code reads its tables */
#define LOW_COPY_SIZE 0x20000u
#define VMX_PAGES     0xfeffb000u /* four pages that VMX needs for real mode: above RAM, below the APIC */
#define MSRS_MAX      1024u
#define PAGE          4096u

int kvm_open(const char **reason) {
    static char text[160];
    static const struct {
        int cap;
        const char *name;
    } needed[] = {
        {KVM_CAP_USER_MEMORY, "user memory"},
        {KVM_CAP_READONLY_MEM, "read-only memory"},
        {KVM_CAP_EXT_CPUID, "CPUID"},
        {KVM_CAP_DEBUGREGS, "debug registers"},
        {KVM_CAP_VCPU_EVENTS, "pending events"},
        {KVM_CAP_XSAVE, "XSAVE state"},
        {KVM_CAP_IMMEDIATE_EXIT, "immediate exit"},
        {KVM_CAP_SYNC_REGS, "synchronised registers"},
        {KVM_CAP_INTERNAL_ERROR_DATA, "data of internal errors"},
    };
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

    *reason = text;
    if (kvm < 0) {
        strcpy(text, errno == ENOENT
                         ? "/dev/kvm does not exist: no KVM module is loaded, or none fits this machine"
                         : "no access to /dev/kvm: ");
        if (errno != ENOENT)
            strncat(text, strerror(errno), sizeof text - strlen(text) - 1);
        return -1;
    }
    if (ioctl(kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION) {
        strcpy(text, "the kernel's KVM has another API version");
        close(kvm);
        return -1;
    }
    for (size_t n = 0; n < sizeof needed / sizeof *needed; n++)
        if (ioctl(kvm, KVM_CHECK_EXTENSION, needed[n].cap) <= 0) {
            strcpy(text, "this KVM lacks ");
            strcat(text, needed[n].name);
            close(kvm);
            return -1;
        }
    *reason = NULL;
    return kvm;
}

int vm_set_slot(const struct vm *vm, uint32_t slot, uint32_t flags, uint64_t at, size_t size,
                const uint8_t *host) {
    struct kvm_userspace_memory_region region = {
        .slot = slot,
        .flags = flags,
        .guest_phys_addr = at,
        .memory_size = size,
        .userspace_addr = (uint64_t)(uintptr_t)host,
    };
    return ioctl(vm->machine, KVM_SET_USER_MEMORY_REGION, &region);
}

static int set_ram(const struct vm *vm, size_t size) {
    return vm_set_slot(vm, SLOT_RAM, size && vm->logged ? KVM_MEM_LOG_DIRTY_PAGES : 0, 0, size, vm->ram);
}

/* Below 1 MiB the ROM's copy is RAM with the ROM's bytes: a slot of its own would split the RAM into
 * three. */
static bool map_memory(struct vm *vm, const struct image *rom) {
    vm->ram = mmap(NULL, vm->ram_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (vm->ram == MAP_FAILED) {
        vm->ram = NULL;
        return false;
    }
    if (rom) {
        size_t low = rom->size < LOW_COPY_SIZE ? rom->size : LOW_COPY_SIZE;
        vm->rom = mmap(NULL, rom->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (vm->rom == MAP_FAILED) {
            vm->rom = NULL;
            return false;
        }
        vm->rom_size = rom->size;
        memcpy(vm->rom, rom->rom, rom->size);
        memcpy(vm->ram + LOW_COPY + LOW_COPY_SIZE - low, rom->rom + rom->size - low, low);
        if (vm_set_slot(vm, SLOT_ROM, KVM_MEM_READONLY, (UINT64_C(1) << 32) - rom->size, rom->size, vm->rom) <
            0)
            return false;
    }
    return set_ram(vm, vm->ram_size) == 0;
}

static struct kvm_msr_list *list_msrs(int kvm) {
    struct kvm_msr_list *list = calloc(1, sizeof *list + MSRS_MAX * sizeof list->indices[0]);

    if (list) {
        list->nmsrs = MSRS_MAX;
        if (ioctl(kvm, KVM_GET_MSR_INDEX_LIST, list) < 0)
            list->nmsrs = 0;
    }
    return list;
}

/* An empty machine. */
static bool create_machine(struct vm *vm, int kvm, size_t ram_size) {
    memset(vm, 0, sizeof *vm);
    vm->kvm = kvm;
    vm->vcpu = -1;
    vm->ram_size = ram_size;
    vm->machine = ioctl(kvm, KVM_CREATE_VM, 0);
    if (vm->machine < 0)
        return false;
    /* Only VMX without unrestricted guests uses these; others may not know them. */
    ioctl(vm->machine, KVM_SET_TSS_ADDR, (unsigned long)VMX_PAGES + 0x1000);
    ioctl(vm->machine, KVM_SET_IDENTITY_MAP_ADDR, &(uint64_t){VMX_PAGES});
    /* so that an exception can be made pending, not only injected: then KVM itself sets RF where it
     * belongs */
    ioctl(vm->machine, KVM_ENABLE_CAP,
          &(struct kvm_enable_cap){.cap = KVM_CAP_EXCEPTION_PAYLOAD, .args = {1}});
    return true;
}

static bool create_processor(struct vm *vm, enum vendor vendor) {
    int run_size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

    vm->vcpu = run_size > 0 ? ioctl(vm->machine, KVM_CREATE_VCPU, 0) : -1;
    if (vm->vcpu < 0)
        return false;
    vm->run_size = (size_t)run_size;
    vm->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu, 0);
    if (vm->run == MAP_FAILED) {
        vm->run = NULL;
        return false;
    }
    vm->msrs = list_msrs(vm->kvm);
    if (!vm->msrs)
        return false;
    vm->xsave_size = ioctl(vm->machine, KVM_CHECK_EXTENSION, KVM_CAP_XSAVE2);
    cpuid_set(vm, vendor);
    return true;
}

static bool refused(struct vm *vm, const char **reason) {
    *reason = strerror(errno);
    vm_destroy(vm);
    return false;
}

static bool create(struct vm *vm, int kvm, size_t ram_size, const struct image *rom, enum vendor vendor,
                   const char **reason) {
    *reason = NULL;
    if (!create_machine(vm, kvm, ram_size))
        return refused(vm, reason);
    vm->host_written = calloc(ram_size / PAGE / 64 + 1, sizeof *vm->host_written);
    if (!vm->host_written || !map_memory(vm, rom))
        return refused(vm, reason);
    /* the interrupt controllers and the timer of a PC; tiny guests end with a HLT that must be seen */
    if (rom && (ioctl(vm->machine, KVM_CREATE_IRQCHIP, 0) < 0 ||
                ioctl(vm->machine, KVM_CREATE_PIT2, &(struct kvm_pit_config){0}) < 0))
        return refused(vm, reason);
    vm->chips = rom != NULL;
    vm->word_size = rom ? rom->word_size : 0;
    return create_processor(vm, vendor) || refused(vm, reason);
}

/* A tick makes KVM_CREATE_VM fail with EINTR where the kernel takes long over it. */
bool vm_create(struct vm *vm, int kvm, size_t ram_size, const struct image *rom, enum vendor vendor,
               const char **reason) {
    bool created;

    watch_hold(true);
    created = create(vm, kvm, ram_size, rom, vendor, reason);
    watch_hold(false);
    return created;
}

bool vm_create_around(struct vm *vm, int kvm, uint8_t *ram, size_t ram_size, enum vendor vendor,
                      const char **reason) {
    *reason = NULL;
    if (!create_machine(vm, kvm, ram_size))
        return refused(vm, reason);
    vm->ram = ram;
    vm->borrowed = true;
    return create_processor(vm, vendor) || refused(vm, reason);
}

void vm_destroy(struct vm *vm) {
    if (vm->run)
        munmap(vm->run, vm->run_size);
    if (vm->vcpu >= 0)
        close(vm->vcpu);
    if (vm->machine >= 0)
        close(vm->machine);
    if (vm->ram && !vm->borrowed)
        munmap(vm->ram, vm->ram_size);
    if (vm->rom)
        munmap(vm->rom, vm->rom_size);
    free(vm->msrs);
    free(vm->host_written);
    memset(vm, 0, sizeof *vm);
    vm->vcpu = vm->machine = -1;
}

void vm_log_writes(struct vm *vm) {
    vm->logged = true;
    vm_forget_translations(vm);
}

void vm_written(struct vm *vm, uint64_t *bitmap) {
    struct kvm_dirty_log log = {.slot = SLOT_RAM, .dirty_bitmap = bitmap};
    if (ioctl(vm->machine, KVM_GET_DIRTY_LOG, &log) < 0)
        leave(EXIT_EMULATOR, "KVM does not tell which pages were written: %s", strerror(errno));
    for (size_t n = 0; n < vm->ram_size / PAGE / 64; n++)
        bitmap[n] |= vm->host_written[n];
}

void vm_host_writes(const struct vm *vm, uint64_t at, uint64_t size) {
    for (uint64_t page = at / PAGE; size && page <= (at + size - 1) / PAGE && page < vm->ram_size / PAGE;
         page++)
        vm->host_written[page / 64] |= UINT64_C(1) << page % 64;
}

/* A shadow MMU follows page tables by write-protecting them against the guest, not against the host.  Taking
   the slot away and giving it back drops all that was derived from it. */
void vm_forget_translations(struct vm *vm) {
    memset(vm->host_written, 0, vm->ram_size / PAGE / 8);
    if (set_ram(vm, 0) < 0 || set_ram(vm, vm->ram_size) < 0)
        leave(EXIT_EMULATOR, "KVM does not take the guest's memory back: %s", strerror(errno));
}
