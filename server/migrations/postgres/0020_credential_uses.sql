-- What Graph's report of credentials' sign-ins said, credential by credential. `known_since`: the inventory has known it since.
CREATE TABLE credential_uses (
    tenant_id   TEXT NOT NULL,
    app_id      TEXT NOT NULL,
    key_id      TEXT NOT NULL,
    known_since TEXT NOT NULL,
    succeeded   TEXT,
    attempted   TEXT,
    PRIMARY KEY (tenant_id, app_id, key_id)
);

-- How far that report goes, and whether it moves.
CREATE TABLE use_reports (
    tenant_id TEXT PRIMARY KEY,
    content   TEXT NOT NULL
);
