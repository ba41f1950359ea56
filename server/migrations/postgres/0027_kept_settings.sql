-- What administrators set in the portal itself, beside its configuration: channels for notices, and approval rules.
CREATE TABLE kept_settings (
    tenant_id  TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('channel', 'rule')),
    name       TEXT NOT NULL,
    -- JSON. Of a channel it is sealed with the portal's token key: it has its address and its secrets.
    value      BYTEA NOT NULL,
    is_on      BIGINT NOT NULL,
    -- One more with each change.
    version    BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, name)
);
