; kit32.asm - the 32-bit home: flat protected mode, paging off.  386 instructions until the probe allows more.
; SPDX-License-Identifier: BSD-2-Clause

%define HOME 32
        cpu 386
%include "arena.inc"
%include "layout.inc"
%include "words.inc"
%include "state.inc"
%include "variables.inc"

KLINK           equ KBASE + PAYLOAD
section .text vstart=KLINK start=0
%include "header.inc"
%include "witness.inc"
%include "capture32.inc"                ; stubs first: their addresses stay the same in every image
%include "real.inc"
%include "system32.inc"                 ; what every case runs lies on few pages
%include "compare.inc"
%include "comparerep.inc"
%include "record.inc"
%include "emit.inc"
%include "check.inc"
%include "cases.inc"
%include "script.inc"
%include "scan.inc"
%include "entry32.inc"
%include "arena32.inc"
; A case that asks for an interrupt has return addresses of irq.inc below its stack: golden records know where it lies.
        times 0x6e72 - ($ - $$) db 0xcc
%include "irq.inc"
%include "standalone.inc"
%include "engine.inc"
%include "resume.inc"
%include "serial.inc"
%include "choose.inc"
%include "verify.inc"
%include "place.inc"
%include "assist.inc"
%include "fields.inc"
