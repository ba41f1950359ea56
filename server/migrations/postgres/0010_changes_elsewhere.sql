-- The credentials as the last read of the whole directory showed them, for the next one to be compared with, and when it
-- was. NULL: none has, and what the next one shows is no change.
ALTER TABLE inventory_objects ADD COLUMN roll TEXT;
ALTER TABLE inventory_objects ADD COLUMN roll_at TEXT;

-- What pushes did to entries, since when the write was about to be sent: the latest of each.
CREATE TABLE pushed_keys (
    tenant_id  TEXT NOT NULL,
    object_id  TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    did        TEXT NOT NULL CHECK (did IN ('added', 'removed')),
    sent_at    TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    position   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, object_id, key_id, did)
);

CREATE INDEX pushed_keys_by_time ON pushed_keys (sent_at);

-- Changes of credentials that no push of the portal made.
CREATE TABLE inventory_changes (
    number          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id       TEXT NOT NULL,
    kind            TEXT NOT NULL,
    object_id       TEXT NOT NULL,
    -- Of the read that showed it; it was made after `since`.
    found_at        TEXT NOT NULL,
    since           TEXT NOT NULL,
    content         TEXT NOT NULL,
    -- Who made it, where the directory's audit log says so.
    actor           TEXT,
    -- When that log is asked next, and how often it was in vain. NULL: not any more.
    look_at         TEXT,
    looks           BIGINT NOT NULL DEFAULT 0,
    -- The portal may not read that log.
    look_refused    BIGINT NOT NULL DEFAULT 0 CHECK (look_refused IN (0, 1)),
    acknowledged_at TEXT,
    acknowledged_by TEXT,
    reason          TEXT
);

CREATE INDEX inventory_changes_by_object ON inventory_changes (tenant_id, kind, object_id, number);
CREATE INDEX inventory_changes_open ON inventory_changes (tenant_id, kind, object_id) WHERE acknowledged_at IS NULL;
CREATE INDEX inventory_changes_by_look ON inventory_changes (tenant_id, look_at) WHERE look_at IS NOT NULL;
CREATE INDEX inventory_changes_by_time ON inventory_changes (found_at);
