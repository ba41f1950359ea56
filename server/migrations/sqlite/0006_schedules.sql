-- Work that comes round by itself: one replica makes each run.
CREATE TABLE schedules (
    name        TEXT NOT NULL PRIMARY KEY,
    next_run_at TEXT NOT NULL,
    -- When the last run began.
    last_run_at TEXT,
    -- In a row, up to the last run.
    failures    INTEGER NOT NULL DEFAULT 0,
    -- The run that is being made, and from when on its process is taken for dead.
    holder      TEXT,
    held_until  TEXT
) STRICT;
