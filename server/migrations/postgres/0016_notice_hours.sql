-- When a person wants to be told. Who has no row is told as the configuration has it.
CREATE TABLE notice_hours (
    tenant_id   TEXT NOT NULL,
    person_id   TEXT NOT NULL,
    -- As in the IANA time zone database.
    zone        TEXT NOT NULL,
    -- `22:00`: both, or neither.
    quiet_from  TEXT,
    quiet_until TEXT,
    morning     TEXT NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);

-- Until when a delivery waits because it is quiet where its reader is.
ALTER TABLE notice_deliveries ADD COLUMN quiet_until TEXT;

-- Somebody knows of an end: nobody is reminded of it until then.
CREATE TABLE notice_acknowledgements (
    tenant_id TEXT NOT NULL,
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL,
    ends_at   TEXT NOT NULL,
    person_id TEXT NOT NULL,
    who       TEXT NOT NULL,
    at        TEXT NOT NULL,
    until_at  TEXT NOT NULL,
    reason    TEXT,
    PRIMARY KEY (tenant_id, kind, object_id)
);

CREATE INDEX notice_acknowledgements_by_end ON notice_acknowledgements (tenant_id, until_at);

-- The secret addresses of people's calendars: of each its digest, SHA-256 in hexadecimal.
CREATE TABLE calendars (
    tenant_id  TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    digest     TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    -- Later after each sign-in, unless it has come.
    expires_at TEXT NOT NULL,
    fetched_at TEXT,
    PRIMARY KEY (tenant_id, person_id)
);

-- Whoever fetches one says no more than its key: it belongs to a tenant only once it is found.
CREATE UNIQUE INDEX calendars_by_digest ON calendars (digest);
