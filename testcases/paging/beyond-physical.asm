;; title:    Physical-address bit 51 of an entry is reserved where the processor has fewer than 52: #PF with RSVD, at every level
;; why:      CPUID.80000008H:EAX[7:0] says how many there are; an emulator that drops the bit reads another page in silence
;; cite:     SDM 3A 4.1.4 Enumeration of Paging Features by CPUID (MAXPHYADDR); SDM 3A 4.5.4 Linear-Address Translation with
;;+          4-Level Paging (bits 51:M); SDM 3A 4.7 Page-Fault Exceptions (RSVD flag); APM 2 5.3.3 4-Kbyte Page Translation
;; modes:    pm32-pae long64
;; cpl:      0 3
;; requires: !phys52 nx
;; sweep:    present = 0 1
;; variant:  place = pml4e pdpte pde pte large
;; variant:  kind = read write execute
;; where:    mode == long64 or place == pde or place == pte or place == large
;; touches:  PT_TOP 64  PT_X 64  PT_3 64  PT_2 64
;; expect:   exit == PF and rip == (where_to if kind == execute else spot) and cr2 == where_to
;; expect:   err == ((9 if present else 0) | (4 if launch_cpl == 3 else 0) | (2 if kind == write
;;+          else 0x10 if kind == execute and mode == long64 else 0))
;; expect:   mem(DATA0, 4) == launch_mem(DATA0, 4)
%include "walk.inc"
        WALK 0x27, 0x27
%ifidn place, large
 %define AT LEVEL2
where_to equ LARGE
        ENTRY LEVEL2, 0xa7
%else
where_to equ TARGET
 %ifidn place, pml4e
  %define AT LEVEL4
 %elifidn place, pdpte
  %define AT LEVEL3
 %elifidn place, pde
  %define AT LEVEL2
 %else
  %define AT LEVEL1
 %endif
%endif
        mov dword [AT + 4], 1 << 19
        mov eax, [present]
        xor eax, 1
        xor [AT], eax
        AIM done, where_to
        LAUNCH
spot:   ACCESS
done:   STOP
