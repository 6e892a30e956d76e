# SPDX-License-Identifier: BSD-2-Clause
"""A case cut down to what one finding needs: loops around the one pipeline (harness.execution)."""
