; judge32.asm - the part of a stand-alone image that judges its one case: 32-bit home.
; SPDX-License-Identifier: BSD-2-Clause

%define HOME 32
        cpu 386
%include "judge.inc"
