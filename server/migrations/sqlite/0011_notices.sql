-- What people are to be told. Written together with what it tells of.
CREATE TABLE notices (
    tenant_id  TEXT NOT NULL,
    id         TEXT NOT NULL,
    audience   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    facts      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    -- When it was decided over which channels it goes.
    spread_at  TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT;

CREATE INDEX notices_to_spread ON notices (tenant_id, due_at) WHERE spread_at IS NULL;
CREATE INDEX notices_by_age ON notices (tenant_id, created_at);

-- A notice over one channel.
CREATE TABLE notice_deliveries (
    tenant_id    TEXT NOT NULL,
    notice_id    TEXT NOT NULL,
    channel      TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'accepted', 'given-up', 'disabled', 'lapsed')),
    -- All that were made, and those since it was last begun from the start.
    attempts     INTEGER NOT NULL DEFAULT 0,
    tries        INTEGER NOT NULL DEFAULT 0,
    next_at      TEXT NOT NULL,
    -- Who is sending it, and until when nobody else does.
    lease        TEXT,
    leased_until TEXT,
    PRIMARY KEY (tenant_id, notice_id, channel),
    FOREIGN KEY (tenant_id, notice_id) REFERENCES notices (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX notice_deliveries_due ON notice_deliveries (tenant_id, channel, next_at) WHERE state = 'waiting';
CREATE INDEX notice_deliveries_by_time ON notice_deliveries (tenant_id, next_at);

-- What came of each attempt.
CREATE TABLE notice_attempts (
    tenant_id TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    channel   TEXT NOT NULL,
    number    INTEGER NOT NULL,
    at        TEXT NOT NULL,
    -- Of HTTP or SMTP; none where there was no answer.
    status    INTEGER,
    answer    TEXT NOT NULL,
    PRIMARY KEY (tenant_id, notice_id, channel, number),
    FOREIGN KEY (tenant_id, notice_id, channel)
        REFERENCES notice_deliveries (tenant_id, notice_id, channel) ON DELETE CASCADE
) STRICT;

-- How a channel of the configuration stands.
CREATE TABLE notice_channels (
    tenant_id   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    -- Failures in a row.
    failures    INTEGER NOT NULL DEFAULT 0,
    held_until  TEXT,
    disabled_at TEXT,
    PRIMARY KEY (tenant_id, channel)
) STRICT;

-- Of which end of which app an audience was last told, and when.
CREATE TABLE notice_told (
    tenant_id TEXT NOT NULL,
    audience  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL,
    ends_at   TEXT NOT NULL,
    told_at   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, audience, kind, object_id)
) STRICT;

-- Who has signed in, as Entra named them last.
CREATE TABLE people (
    tenant_id    TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    name         TEXT NOT NULL,
    username     TEXT NOT NULL,
    signed_in_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
) STRICT;
