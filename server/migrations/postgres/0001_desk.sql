-- The tables of ../sqlite, as they are after 0005 there. Times are RFC 3339 in UTC with nine digits of fraction; ids are
-- lower-case GUIDs; JSON is the type of the same name in the code.

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;

CREATE TABLE certificates (
    tenant_id      TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    uploaded_by_id TEXT NOT NULL,
    uploaded_by    TEXT NOT NULL,
    uploaded_at    TEXT NOT NULL,
    der            BYTEA NOT NULL,
    container      TEXT NOT NULL,
    choice         TEXT,
    -- SHA-1 in upper-case hexadecimal: errors and lists of Graph name certificates by it.
    sha1           TEXT,
    PRIMARY KEY (tenant_id, sha256, uploaded_by_id)
);

CREATE INDEX certificates_by_sha1 ON certificates (tenant_id, sha1);
CREATE INDEX certificates_by_person ON certificates (tenant_id, uploaded_by_id, uploaded_at);

CREATE TABLE plans (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- The preview's head, and not its apps.
    content    TEXT NOT NULL,
    -- Set when a push begins, and never again: a plan is pushed once.
    receipt_id TEXT
);

CREATE TABLE plan_apps (
    plan_id      TEXT NOT NULL REFERENCES plans (id),
    position     BIGINT NOT NULL,
    object_id    TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    display_name TEXT NOT NULL,
    -- What would be sent. NULL: nothing, and `problem` says why.
    merge        TEXT,
    problem      TEXT,
    findings     TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (plan_id, position)
);

CREATE TABLE receipts (
    id           TEXT PRIMARY KEY,
    tenant_id    TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    plan_id      TEXT NOT NULL UNIQUE REFERENCES plans (id),
    -- That were to be added.
    certificates TEXT NOT NULL,
    mode         TEXT NOT NULL,
    who          TEXT NOT NULL,
    username     TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    finished_at  TEXT,
    state        TEXT NOT NULL CHECK (state IN ('running', 'paused', 'needs-sign-in', 'cancelled', 'finished')),
    -- A problem, as JSON: for what it waits, or why it was stopped.
    why          TEXT,
    -- From 1.
    wave         BIGINT NOT NULL DEFAULT 1,
    pace         TEXT NOT NULL DEFAULT '{}',
    -- The sign-in that the push was given, encrypted; NULL once it is over.
    tokens       BYTEA
);

CREATE INDEX receipts_by_person ON receipts (tenant_id, person_id, started_at);
CREATE INDEX receipts_not_finished ON receipts (started_at) WHERE finished_at IS NULL;

-- The journal of a push. A row goes waiting, writing, done; the state before is in it before the write is sent.
CREATE TABLE receipt_apps (
    receipt_id   TEXT NOT NULL REFERENCES receipts (id),
    position     BIGINT NOT NULL,
    object_id    TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    display_name TEXT NOT NULL,
    stage        TEXT NOT NULL CHECK (stage IN ('waiting', 'writing', 'done')),
    before       TEXT,
    -- What it takes to go on with an app after a crash; NULL once it has a result.
    journal      TEXT,
    outcome      TEXT,
    result       TEXT,
    PRIMARY KEY (receipt_id, position)
);

CREATE INDEX receipt_apps_by_object ON receipt_apps (object_id);
CREATE INDEX receipt_apps_by_stage ON receipt_apps (receipt_id, stage, outcome, position);

-- The entries that a push added, or may have.
CREATE TABLE receipt_keys (
    receipt_id TEXT NOT NULL,
    position   BIGINT NOT NULL,
    key_id     TEXT NOT NULL,
    thumbprint TEXT,
    PRIMARY KEY (receipt_id, position, key_id),
    FOREIGN KEY (receipt_id, position) REFERENCES receipt_apps (receipt_id, position)
);

CREATE TABLE audit (
    number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
);

CREATE INDEX audit_by_person ON audit (tenant_id, person_id);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse('the audit log is append-only');
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('the audit log is append-only');

CREATE TRIGGER finished_pushes_are_not_changed BEFORE UPDATE ON receipt_apps
    FOR EACH ROW WHEN (OLD.stage = 'done') EXECUTE FUNCTION refuse('a finished push is not changed');
CREATE TRIGGER pushes_are_not_deleted BEFORE DELETE ON receipt_apps
    FOR EACH ROW EXECUTE FUNCTION refuse('receipts are kept');
CREATE TRIGGER pushes_are_not_emptied BEFORE TRUNCATE ON receipt_apps
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('receipts are kept');
CREATE TRIGGER receipt_keys_are_not_changed BEFORE UPDATE OR DELETE ON receipt_keys
    FOR EACH ROW EXECUTE FUNCTION refuse('receipts are kept');
CREATE TRIGGER receipt_keys_are_not_emptied BEFORE TRUNCATE ON receipt_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('receipts are kept');
CREATE TRIGGER receipts_are_not_deleted BEFORE DELETE ON receipts
    FOR EACH ROW EXECUTE FUNCTION refuse('receipts are kept');
CREATE TRIGGER receipts_are_not_emptied BEFORE TRUNCATE ON receipts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('receipts are kept');
CREATE TRIGGER plans_are_claimed_once BEFORE UPDATE OF receipt_id ON plans
    FOR EACH ROW WHEN (OLD.receipt_id IS NOT NULL) EXECUTE FUNCTION refuse('a plan is pushed once');

-- Sessions: what belongs to a browser's cookie.
CREATE TABLE sessions (
    -- SHA-256 of the cookie's value in hexadecimal: a copy of this table opens no session.
    id         TEXT PRIMARY KEY,
    -- JSON: a sign-in under way, or who is signed in.
    data       TEXT NOT NULL,
    -- Access and refresh token, AES-256-GCM, bound to the cookie's value. NULL until someone is signed in.
    tokens     BYTEA,
    -- Unix seconds.
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Credentials as this portal has seen them on applications, with when they were there.
CREATE TABLE observed_credentials (
    tenant_id    TEXT NOT NULL,
    object_id    TEXT NOT NULL,
    -- Empty where Graph sent none.
    key_id       TEXT NOT NULL,
    sha1         TEXT NOT NULL,
    -- Only where Graph sent the key itself.
    sha256       TEXT,
    display_name TEXT,
    first_seen   TEXT NOT NULL,
    last_seen    TEXT NOT NULL,
    -- When it was first missed. NULL: it was there when last looked.
    gone_at      TEXT,
    PRIMARY KEY (tenant_id, object_id, key_id, sha1)
);

CREATE INDEX observed_credentials_by_sha1 ON observed_credentials (tenant_id, sha1);

-- Every state of an app's keyCredentials that was seen, without the entries' `key`.
CREATE TABLE states (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id    TEXT NOT NULL,
    object_id    TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    display_name TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    fingerprint  TEXT NOT NULL,
    entries      TEXT NOT NULL,
    origin       TEXT NOT NULL CHECK (origin IN ('read', 'before-push', 'after-push')),
    receipt_id   TEXT
);

CREATE INDEX states_by_app ON states (tenant_id, object_id, id);

CREATE TRIGGER states_are_not_changed BEFORE UPDATE ON states
    FOR EACH ROW EXECUTE FUNCTION refuse('a kept state is not changed');

-- The `key` of each entry for which Graph has shown it: what it takes to put the entry back.
CREATE TABLE known_keys (
    tenant_id TEXT NOT NULL,
    object_id TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    -- Base64, as Graph sent it.
    key       TEXT NOT NULL,
    PRIMARY KEY (tenant_id, object_id, key_id)
);

-- Old entries that are to go after a rotation, when a person says so.
CREATE TABLE retirements (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id    TEXT NOT NULL,
    object_id    TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    display_name TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    entry_name   TEXT,
    due_at       TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    who          TEXT NOT NULL,
    receipt_id   TEXT NOT NULL,
    done_at      TEXT,
    UNIQUE (tenant_id, object_id, key_id)
);

CREATE INDEX retirements_by_time ON retirements (tenant_id, done_at, due_at);
