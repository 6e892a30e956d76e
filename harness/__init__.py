# SPDX-License-Identifier: BSD-2-Clause
"""ringdiff's host side: testcases in, verdicts out."""
