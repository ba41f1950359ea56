-- What the directory has that holds credentials, as background reads showed it.
CREATE TABLE inventory_objects (
    tenant_id  TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('application', 'service-principal', 'agent-blueprint')),
    object_id  TEXT NOT NULL,
    app_id     TEXT,
    name       TEXT NOT NULL,
    -- In lower case.
    folded     TEXT NOT NULL,
    -- No key, and of no secret its value.
    content    TEXT NOT NULL,
    -- The last full pass that saw it.
    pass       INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    -- Of the read that the content is from.
    seen_at    TEXT NOT NULL,
    -- When Graph first said that it is not there any more.
    gone_at    TEXT,
    PRIMARY KEY (tenant_id, kind, object_id)
) STRICT;

CREATE INDEX inventory_objects_by_name ON inventory_objects (tenant_id, folded, object_id) WHERE gone_at IS NULL;
CREATE INDEX inventory_objects_by_pass ON inventory_objects (tenant_id, pass) WHERE gone_at IS NULL;

CREATE INDEX inventory_objects_by_end ON inventory_objects (tenant_id, gone_at) WHERE gone_at IS NOT NULL;

CREATE TABLE inventory_owners (
    tenant_id TEXT NOT NULL,
    owner_id  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, owner_id, kind, object_id)
) STRICT;

CREATE INDEX inventory_owners_by_object ON inventory_owners (tenant_id, kind, object_id);

-- Why somebody should look at an object, and when: not before from_at, and before until_at.
CREATE TABLE inventory_attention (
    tenant_id TEXT NOT NULL,
    attention TEXT NOT NULL,
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL,
    from_at   TEXT NOT NULL,
    until_at  TEXT NOT NULL
) STRICT;

CREATE INDEX inventory_attention_by_time ON inventory_attention (tenant_id, attention, until_at);
CREATE INDEX inventory_attention_by_object ON inventory_attention (tenant_id, kind, object_id);

-- How far the reading has got: one row for a directory.
CREATE TABLE inventory_passes (
    tenant_id     TEXT PRIMARY KEY,
    -- Of the pass under way, or of the last one; from 1.
    pass          INTEGER NOT NULL,
    started_at    TEXT NOT NULL,
    -- Where it goes on. The link is Graph's, and names no credential.
    stage         TEXT NOT NULL CHECK (stage IN ('applications', 'agent-blueprints', 'service-principals', 'missing', 'done')),
    next_link     TEXT,
    -- Rows without an id that could be read.
    unnamed       INTEGER NOT NULL DEFAULT 0,
    -- Of the last pass that went to its end: when it began, and when it ended.
    complete_from TEXT,
    complete_at   TEXT
) STRICT;
