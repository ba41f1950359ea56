-- Sign-ins that people lent the portal to read the directory with, each for as long as its session lasts.
CREATE TABLE lent_reads (
    id         TEXT NOT NULL PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    -- A session lends once; where it ends, what it has lent goes.
    session_id TEXT NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    person_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- Sealed with the portal's token key, for this id.
    tokens     BYTEA NOT NULL,
    lent_at    TEXT NOT NULL
);

-- With whose sign-in the directory was read to its end; NULL: by the portal's own right.
ALTER TABLE inventory_passes ADD COLUMN read_by TEXT;
