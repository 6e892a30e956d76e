; f: INT n and IRETQ, without a change of privilege.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 50003
%define SETUP
%include "start.inc"

setup:  GATE 0x80, handler
        ret

iterate:
        mov ecx, 10000
        xor ebx, ebx
.next:  int 0x80
        dec ecx
        jnz .next
        mov eax, ebx
        ret
handler:
        inc ebx
        iretq
