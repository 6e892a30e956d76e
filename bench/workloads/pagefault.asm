; e: page faults and IRETQ.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 60003
%define SETUP
%include "start.inc"

setup:  GATE 14, fault
        mov qword [SMALL_PT + 5 * 8], 0
        ret

iterate:
        mov ecx, 10000
        xor ebx, ebx
.next:  mov rax, [abs dword SMALL + 0x5000] ; 8 bytes
        dec ecx
        jnz .next
        mov rax, rbx
        ret
fault:  inc ebx
        add qword [rsp + 8], 8
        add rsp, 8
        iretq
