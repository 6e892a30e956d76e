;; title:    A table that names itself is a page too: through it entries are read, and changed for walks to come, at every depth
;; why:      an emulator that keeps tables apart from data, or forgets that an entry used twice in a walk is marked by both uses
;; cite:     SDM 3A 4.5.4 Linear-Address Translation with 4-Level Paging; SDM 3A 4.8 Accessed and Dirty Flags;
;;+          SDM 3A 4.10.4.3 Optional Invalidation (an entry that was absent needs none); APM 2 5.3 Long-Mode Page Translation
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0
;; variant:  depth = 1 2 3 4
;; variant:  kind = read write
;; where:    mode == long64 or depth < 3
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64  PT_2+0x40 64
;; expect:   exit == stop and rip == done
;; expect:   mem(self, 1) == (0x63 if depth == levels and kind == write else 0x23)
;; expect when depth != levels: mem(leaf, 1) == (0x67 if kind == write else 0x27)
;; expect when kind == read: rax & 0xffffffff == value
;; expect when kind == write: mem(DATA0, 4) == 0x11223344 and mem(slot, 1) == (0x67 if depth == 1 else 0x27)
%include "walk.inc"
; SELF names the table that it lies in, on the top level (PAE: the directory).  A walk that uses it once ends at PT_X, the last table of
; TARGET's walk; each further use ends one level higher.  SLOT is the entry of TARGET's walk in the table reached.
        WALK 0x27, 7
%if MODE == MODE_PM32_P32
levels  equ 2
self    equ PT_TOP + 0x404              ; entry 0x101; TARGET's are 0x100 and 0x201
        ENTRY self, PT_TOP | 3
 %if depth == 1
  %define WINDOW (0x101 << 22 | 0x100 << 12)
 %else
  %define WINDOW (0x101 << 22 | 0x101 << 12)
 %endif
%elif HOME == 32
levels  equ 2
self    equ PT_2 + 9 * 8                ; TARGET's are 1 and 1, below PDPTE 1
        ENTRY self, PT_2 | 3
 %if depth == 1
  %define WINDOW (1 << 30 | 9 << 21 | 1 << 12)
 %else
  %define WINDOW (1 << 30 | 9 << 21 | 9 << 12)
 %endif
%else
levels  equ 4
self    equ PT_TOP + 2 * 8              ; TARGET's are 1 on each level
        ENTRY self, PT_TOP | 3
 %if depth == 1
  %define WINDOW (2 << 39 | 1 << 30 | 1 << 21 | 1 << 12)
 %elif depth == 2
  %define WINDOW (2 << 39 | 2 << 30 | 1 << 21 | 1 << 12)
 %elif depth == 3
  %define WINDOW (2 << 39 | 2 << 30 | 2 << 21 | 1 << 12)
 %else
  %define WINDOW (2 << 39 | 2 << 30 | 2 << 21 | 2 << 12)
 %endif
%endif
%if depth == 1
slot    equ LEVEL1
leaf    equ LEVEL2
value   equ BELOW1 | 7
%elif depth == 2
slot    equ LEVEL2
leaf    equ LEVEL3
value   equ BELOW2 | 0x27
%elif depth == 3
slot    equ LEVEL3
leaf    equ LEVEL4
value   equ BELOW3 | 0x27
%else
slot    equ LEVEL4
leaf    equ LEVEL4                      ; not looked at
value   equ BELOW4 | 0x27
%endif
        mov xsi, WINDOW | (slot & 0xfff)
        mov xdi, TARGET
        mov ecx, 0x11223344
%ifidn kind, write
        mov dword [slot], 0
%endif
        LAUNCH
%ifidn kind, read
        mov eax, [xsi]
%else
        mov dword [xsi], value & ~0x20
        mov [xdi], ecx                  ; a walk that nobody has made yet
%endif
done:   STOP
