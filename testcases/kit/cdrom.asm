; cdrom.asm - the El Torito boot image's first 2048 bytes; the payload follows in the same file.
; SPDX-License-Identifier: BSD-2-Clause

%define SECTOR 2048
%include "disk.asm"
