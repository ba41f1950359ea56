-- A request may be about a client secret that is to go, and then it has no preview. SQLite takes NOT NULL from a column only by
-- making the table anew; with it those whose rows point to it.
CREATE TABLE new_requests (
    id           TEXT PRIMARY KEY,
    tenant_id    TEXT NOT NULL,
    asker_id     TEXT NOT NULL,
    -- As they were called then.
    who          TEXT NOT NULL,
    username     TEXT NOT NULL,
    -- The preview that is asked for: it stays as long as the request. NULL: a secret is to go.
    plan_id      TEXT REFERENCES plans (id),
    -- Of that secret: the app, its client id, and the secret's keyId.
    object_id    TEXT,
    app_id       TEXT,
    key_id       TEXT,
    state        TEXT NOT NULL CHECK (state IN ('open', 'approved', 'executing', 'done', 'failed', 'rejected', 'withdrawn', 'expired', 'void')),
    -- One more with each change: of two who change it at a time, one is told.
    version      INTEGER NOT NULL,
    content      TEXT NOT NULL,
    asked_at     TEXT NOT NULL,
    changed_at   TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    -- Of its push, once it has begun.
    receipt_id   TEXT REFERENCES receipts (id),
    -- When an open request is to be put before others, too. NULL: it is not, or that has happened.
    escalates_at TEXT,
    -- The version of the request that `request_turns` is of. Another, or NULL: they are to be written.
    turns_of     INTEGER,
    CHECK ((plan_id IS NULL) = (object_id IS NOT NULL AND app_id IS NOT NULL AND key_id IS NOT NULL))
) STRICT;

INSERT INTO new_requests
    (id, tenant_id, asker_id, who, username, plan_id, state, version, content, asked_at, changed_at, expires_at, receipt_id,
     escalates_at, turns_of)
SELECT id, tenant_id, asker_id, who, username, plan_id, state, version, content, asked_at, changed_at, expires_at, receipt_id,
     escalates_at, turns_of
FROM requests;

-- What happened to each, and what was said.
CREATE TABLE new_request_events (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  TEXT NOT NULL,
    request_id TEXT NOT NULL REFERENCES new_requests (id),
    at         TEXT NOT NULL,
    act        TEXT NOT NULL,
    -- NULL: time, or the portal.
    person_id  TEXT,
    who        TEXT NOT NULL,
    words      TEXT NOT NULL
) STRICT;

INSERT INTO new_request_events (number, tenant_id, request_id, at, act, person_id, who, words)
SELECT number, tenant_id, request_id, at, act, person_id, who, words FROM request_events;

-- For whom a request waits: to approve it, or as an administrator to carry it out. None of one that is over.
CREATE TABLE new_request_turns (
    tenant_id  TEXT NOT NULL,
    -- `admins`, or a person's object id.
    whom       TEXT NOT NULL,
    request_id TEXT NOT NULL REFERENCES new_requests (id),
    -- 0: not for this person, though it waits for administrators.
    waits      INTEGER NOT NULL CHECK (waits IN (0, 1)),
    PRIMARY KEY (tenant_id, whom, request_id)
) STRICT;

INSERT INTO new_request_turns (tenant_id, whom, request_id, waits) SELECT tenant_id, whom, request_id, waits FROM request_turns;

DROP TABLE request_turns;
DROP TABLE request_events;
DROP TABLE requests;

ALTER TABLE new_requests RENAME TO requests;
ALTER TABLE new_request_events RENAME TO request_events;
ALTER TABLE new_request_turns RENAME TO request_turns;

CREATE INDEX requests_by_state ON requests (tenant_id, state, changed_at);
CREATE INDEX requests_by_asker ON requests (tenant_id, asker_id, changed_at);
CREATE INDEX requests_by_plan ON requests (plan_id);
CREATE INDEX requests_by_receipt ON requests (receipt_id) WHERE receipt_id IS NOT NULL;
CREATE INDEX requests_by_escalation ON requests (escalates_at) WHERE escalates_at IS NOT NULL;
CREATE INDEX requests_by_secret ON requests (tenant_id, object_id, key_id) WHERE object_id IS NOT NULL;
CREATE INDEX request_events_by_request ON request_events (tenant_id, request_id, number);
CREATE INDEX request_turns_by_request ON request_turns (tenant_id, request_id);

CREATE TRIGGER requests_stay_over BEFORE UPDATE ON requests
WHEN OLD.state IN ('done', 'failed', 'rejected', 'withdrawn', 'expired', 'void')
BEGIN
    SELECT RAISE(ABORT, 'a request that is over is not changed');
END;

CREATE TRIGGER requests_are_kept BEFORE DELETE ON requests
BEGIN
    SELECT RAISE(ABORT, 'requests are kept');
END;

CREATE TRIGGER request_events_are_not_changed BEFORE UPDATE ON request_events
BEGIN
    SELECT RAISE(ABORT, 'the history of a request is append-only');
END;

CREATE TRIGGER request_events_are_not_deleted BEFORE DELETE ON request_events
BEGIN
    SELECT RAISE(ABORT, 'the history of a request is append-only');
END;
