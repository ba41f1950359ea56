-- How many credentials there were on a day, by what has them, their kind, and where their end stood: one row for each of these,
-- zero too, so that a day without rows is one on which nobody counted.
CREATE TABLE inventory_counts (
    tenant_id  TEXT NOT NULL,
    -- Of UTC, as in 2026-11-29.
    day        TEXT NOT NULL,
    holder     TEXT NOT NULL CHECK (holder IN ('application', 'service-principal', 'agent-blueprint')),
    credential TEXT NOT NULL CHECK (credential IN ('certificate', 'secret', 'federated')),
    standing   TEXT NOT NULL CHECK (standing IN ('ended', 'ahead', 'never', 'unknown')),
    count      INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, holder, credential, standing)
) STRICT;

-- What age and lifetime are counted by.
ALTER TABLE inventory_credentials ADD COLUMN start_at TEXT;
-- Begun days count as whole ones.
ALTER TABLE inventory_credentials ADD COLUMN lifetime_days INTEGER;

CREATE INDEX inventory_credentials_by_age
    ON inventory_credentials (tenant_id, credential, start_at, lifetime_days, kind, object_id);

-- What is kept has neither yet: the directory is read anew from its beginning, and until its end not called complete.
-- A pass that stands at its beginning does that already.
UPDATE inventory_passes
    SET pass = pass + 1, stage = 'applications', next_link = NULL, unnamed = 0, complete_from = NULL, complete_at = NULL
    WHERE stage <> 'applications' OR next_link IS NOT NULL OR complete_from IS NOT NULL;
