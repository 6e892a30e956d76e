# SPDX-License-Identifier: BSD-2-Clause
"""Golden records (docs/ref-traces.md): what a processor left behind, as text one can review, and replays against it."""
