# SPDX-License-Identifier: BSD-2-Clause
"""JUnit XML: a test suite a backend, a test case a case."""

from __future__ import annotations

from harness.report.rundir import Row, Run


def document(run: Run) -> str:
    """The XML text of junit.xml."""
    from junit_xml import TestCase, TestSuite, to_xml_report_string

    suites: dict[str, list[TestCase]] = {backend.name: [] for backend in run.info.backends}
    for row in run.rows:
        suites.setdefault(row["backend"], []).append(_case(TestCase, row))
    for issue, backend in run.info.fixed_issues():
        case = TestCase(f"known issue {issue} still shows", f"known.{backend}")
        case.add_failure_info("no case of its scope showed it", run.info.known[issue].title, "FIXED")
        suites.setdefault(backend, []).append(case)
    versions = {backend.name: backend for backend in run.info.backends}
    made = []
    for name, cases in suites.items():
        about = versions.get(name)
        properties = (
            {"version": about.version, "cpu": about.cpu, "profile": run.info.profile} if about else {}
        )
        made.append(TestSuite(name, cases, properties=properties))
    return str(to_xml_report_string(made, prettyprint=False))


def _case(factory: type, row: Row) -> object:
    case = factory(row["case"], f"{row['topic']}.{row['testcase'].partition('/')[2]}.{row['mode']}")
    verdict, reason = row["verdict"], row["reason"]
    text = "\n".join(
        f"{entry['name']}: {entry['actual']}, expected {entry['expected']} ({entry['source']})"
        for entry in row["fields"]
    )
    if verdict in ("SKIP", "KNOWN"):
        case.add_skipped_info(f"{verdict}: {reason}", text)
    elif verdict in ("FAIL", "FIXED"):
        case.add_failure_info(reason, text, verdict)
    elif verdict != "PASS":
        case.add_error_info(reason or verdict, text, verdict)
    return case
