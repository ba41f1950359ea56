-- Pushes to thousands of apps, kept states, and retirements.

-- The apps of a preview, as rows: `plans.content` is its head alone.
CREATE TABLE plan_apps (
    plan_id      TEXT NOT NULL REFERENCES plans (id),
    position     INTEGER NOT NULL,
    object_id    TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    display_name TEXT NOT NULL,
    -- What would be sent. NULL: nothing, and `problem` says why.
    merge        TEXT,
    problem      TEXT,
    findings     TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (plan_id, position)
) STRICT;

-- How merge plans are written has changed: a preview of an earlier version is shown, and not pushed any more.
INSERT INTO plan_apps (plan_id, position, object_id, app_id, display_name, problem)
SELECT plans.id, app.key, app.value ->> '$.object_id', app.value ->> '$.app_id', app.value ->> '$.display_name',
    coalesce(app.value -> '$.change.Err', json_object(
        'status', 409,
        'code', 'earlier-version',
        'title', 'This preview was made by an earlier version of the portal',
        'detail', 'What it would send can no longer be read. Nothing was sent.',
        'advice', 'Make a new preview.',
        'request_id', NULL))
FROM plans, json_each(plans.content, '$.view.apps') AS app;

UPDATE plans
SET content = json_set(content -> '$.view', '$.certificates', json_array(json(content -> '$.view.certificate')))
WHERE json_type(content, '$.view') = 'object';

-- A push can add several certificates, or none.
ALTER TABLE receipts RENAME COLUMN certificate TO certificates;
UPDATE receipts SET certificates = json_array(json(certificates));

ALTER TABLE receipts ADD COLUMN state TEXT NOT NULL DEFAULT 'finished'
    CHECK (state IN ('running', 'paused', 'needs-sign-in', 'cancelled', 'finished'));
-- A problem, as JSON: for what it waits, or why it was stopped.
ALTER TABLE receipts ADD COLUMN why TEXT;
-- From 1.
ALTER TABLE receipts ADD COLUMN wave INTEGER NOT NULL DEFAULT 1;
ALTER TABLE receipts ADD COLUMN pace TEXT NOT NULL DEFAULT '{}';
-- The sign-in that the push was given, encrypted; NULL once it is over.
ALTER TABLE receipts ADD COLUMN tokens BLOB;
UPDATE receipts SET state = 'running' WHERE finished_at IS NULL;

CREATE INDEX receipts_not_finished ON receipts (started_at) WHERE finished_at IS NULL;

-- The entries that a push added, or may have.
CREATE TABLE receipt_keys (
    receipt_id TEXT NOT NULL,
    position   INTEGER NOT NULL,
    key_id     TEXT NOT NULL,
    thumbprint TEXT,
    PRIMARY KEY (receipt_id, position, key_id),
    FOREIGN KEY (receipt_id, position) REFERENCES receipt_apps (receipt_id, position)
) STRICT;

INSERT INTO receipt_keys (receipt_id, position, key_id, thumbprint)
SELECT receipt_id, position, key_id, certificates ->> '$[0].sha1'
FROM receipt_apps JOIN receipts ON receipts.id = receipt_id
WHERE key_id IS NOT NULL AND stage <> 'waiting';

DROP INDEX receipt_apps_by_object;
ALTER TABLE receipt_apps DROP COLUMN key_id;
-- What it takes to go on with an app after a crash; NULL once it has a result.
ALTER TABLE receipt_apps ADD COLUMN journal TEXT;
CREATE INDEX receipt_apps_by_object ON receipt_apps (object_id);
CREATE INDEX receipt_apps_by_stage ON receipt_apps (receipt_id, stage, outcome, position);

-- How a result is written has changed; what it says has not.
DROP TRIGGER finished_pushes_are_not_changed;
UPDATE receipt_apps
SET result = json_set(result, '$.stage', json_object('ended', outcome), '$.notes', json_array())
WHERE result IS NOT NULL;
CREATE TRIGGER finished_pushes_are_not_changed BEFORE UPDATE ON receipt_apps WHEN OLD.stage = 'done'
BEGIN
    SELECT RAISE(ABORT, 'a finished push is not changed');
END;

CREATE TRIGGER receipt_keys_are_not_changed BEFORE UPDATE ON receipt_keys
BEGIN
    SELECT RAISE(ABORT, 'receipts are kept');
END;

CREATE TRIGGER receipt_keys_are_not_deleted BEFORE DELETE ON receipt_keys
BEGIN
    SELECT RAISE(ABORT, 'receipts are kept');
END;

-- Every state of an app's keyCredentials that was seen, without the entries' `key`.
CREATE TABLE states (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id    TEXT NOT NULL,
    object_id    TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    display_name TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    fingerprint  TEXT NOT NULL,
    entries      TEXT NOT NULL,
    origin       TEXT NOT NULL CHECK (origin IN ('read', 'before-push', 'after-push')),
    receipt_id   TEXT
) STRICT;

CREATE INDEX states_by_app ON states (tenant_id, object_id, id);

CREATE TRIGGER states_are_not_changed BEFORE UPDATE ON states
BEGIN
    SELECT RAISE(ABORT, 'a kept state is not changed');
END;

-- The `key` of each entry for which Graph has shown it: what it takes to put the entry back.
CREATE TABLE known_keys (
    tenant_id TEXT NOT NULL,
    object_id TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    -- Base64, as Graph sent it.
    key       TEXT NOT NULL,
    PRIMARY KEY (tenant_id, object_id, key_id)
) STRICT;

-- Old entries that are to go after a rotation, when a person says so.
CREATE TABLE retirements (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
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
) STRICT;

CREATE INDEX retirements_by_time ON retirements (tenant_id, done_at, due_at);
