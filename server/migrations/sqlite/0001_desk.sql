-- Times are RFC 3339 in UTC; ids are lower-case GUIDs; JSON is the type of the same name in the code.

CREATE TABLE certificates (
    tenant_id      TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    uploaded_by_id TEXT NOT NULL,
    uploaded_by    TEXT NOT NULL,
    uploaded_at    TEXT NOT NULL,
    der            BLOB NOT NULL,
    container      TEXT NOT NULL,
    choice         TEXT,
    PRIMARY KEY (tenant_id, sha256, uploaded_by_id)
) STRICT;

CREATE TABLE plans (
    id         TEXT PRIMARY KEY NOT NULL,
    tenant_id  TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- What was shown, and the merge plans behind it.
    content    TEXT NOT NULL,
    -- Set when a push begins, and never again: a plan is pushed once.
    receipt_id TEXT
) STRICT;

CREATE TABLE receipts (
    id          TEXT PRIMARY KEY NOT NULL,
    tenant_id   TEXT NOT NULL,
    person_id   TEXT NOT NULL,
    plan_id     TEXT NOT NULL UNIQUE REFERENCES plans (id),
    certificate TEXT NOT NULL,
    mode        TEXT NOT NULL,
    who         TEXT NOT NULL,
    username    TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT
) STRICT;

CREATE INDEX receipts_by_person ON receipts (tenant_id, person_id);

-- The journal of a push. A row goes waiting, writing, done; the state before is in it before the write is sent.
CREATE TABLE receipt_apps (
    receipt_id   TEXT NOT NULL REFERENCES receipts (id),
    position     INTEGER NOT NULL,
    object_id    TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    display_name TEXT NOT NULL,
    key_id       TEXT,
    stage        TEXT NOT NULL CHECK (stage IN ('waiting', 'writing', 'done')),
    before       TEXT,
    outcome      TEXT,
    result       TEXT,
    PRIMARY KEY (receipt_id, position)
) STRICT;

CREATE INDEX receipt_apps_by_object ON receipt_apps (object_id, key_id);

CREATE TABLE audit (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  TEXT NOT NULL,
    person_id  TEXT,
    at         TEXT NOT NULL,
    who        TEXT NOT NULL,
    username   TEXT NOT NULL,
    action     TEXT NOT NULL,
    app_name   TEXT,
    object_id  TEXT,
    thumbprint TEXT,
    outcome    TEXT NOT NULL,
    detail     TEXT NOT NULL,
    request_id TEXT,
    receipt_id TEXT
) STRICT;

CREATE INDEX audit_by_person ON audit (tenant_id, person_id);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER finished_pushes_are_not_changed BEFORE UPDATE ON receipt_apps WHEN OLD.stage = 'done'
BEGIN
    SELECT RAISE(ABORT, 'a finished push is not changed');
END;

CREATE TRIGGER pushes_are_not_deleted BEFORE DELETE ON receipt_apps
BEGIN
    SELECT RAISE(ABORT, 'receipts are kept');
END;

CREATE TRIGGER receipts_are_not_deleted BEFORE DELETE ON receipts
BEGIN
    SELECT RAISE(ABORT, 'receipts are kept');
END;

CREATE TRIGGER plans_are_claimed_once BEFORE UPDATE OF receipt_id ON plans WHEN OLD.receipt_id IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a plan is pushed once');
END;
