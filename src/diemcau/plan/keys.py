"""The keys of `conference.toml`: the one place that knows their names, section by section.

Which of them must be there, and what may stand in them, is where each section is read.
"""

ROOT = "conference"
DOCUMENTS = "documents"
REGULATIONS = "regulations"
AGENDA = "agenda"
HANDOUTS = "handouts"
CATEGORIES = "categories"
CONCLUSION = "conclusion"
TASKS = "tasks"
EXPECTED = "expected"
RUN_OF_SHOW = "run_of_show"

KEYS: dict[str, tuple[str, ...]] = {
    ROOT: (
        "id",
        "title",
        "title_short",
        "language",
        "organiser",
        "time_zone",
        "starts_at",
        "ends_at",
        DOCUMENTS,
        REGULATIONS,
        AGENDA,
        HANDOUTS,
        CATEGORIES,
        CONCLUSION,
        TASKS,
        EXPECTED,
        RUN_OF_SHOW,
    ),
    DOCUMENTS: (
        "ruleset",
        "issuing_body",
        "superior_body",
        "place",
        "number_symbol",
        "recipients",
        "letterhead",
        "paper",
    ),
    REGULATIONS: (
        "first_turn_minutes",
        "second_turn_minutes",
        "response_minutes",
        "max_turns",
        "order",
        "needs_acceptance",
        "warning_seconds",
        "at_end",
        "quorum_sites_percent",
        "quorum_delegates_percent",
        "quorum_to_open",
        "chair_lease_seconds",
        "deputy_takes",
        "conduct",
        "line_grace_seconds",
        "cut_in_seconds",
    ),
    AGENDA: ("id", "title", "minutes", "kind"),
    HANDOUTS: ("id", "title", "pages", "file"),
    CATEGORIES: ("code", "name_vi", "name_en"),
    CONCLUSION: ("kind", "horizon", "text", "units", "due"),
    TASKS: ("kinds", "due_term", "due_year"),
    EXPECTED: (
        "sites",
        "speeches",
        "delegates_present",
        "tasks",
        "lesson",
        "term_task",
        "year_task",
        "breakthrough",
        "solution_group",
    ),
    RUN_OF_SHOW: (
        "step",
        "sites",
        "absent",
        "item",
        "site",
        "topic",
        "delegate",
        "seconds",
        "seconds_fast",
        "text",
        "handout",
        "page",
        "wait_seconds",
    ),
}
