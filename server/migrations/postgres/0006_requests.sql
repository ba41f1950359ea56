-- Changes that somebody asks for and others approve.
CREATE TABLE requests (
    id         TEXT PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    asker_id   TEXT NOT NULL,
    -- As they were called then.
    who        TEXT NOT NULL,
    username   TEXT NOT NULL,
    -- The preview that is asked for: it stays as long as the request.
    plan_id    TEXT NOT NULL REFERENCES plans (id),
    state      TEXT NOT NULL CHECK (state IN ('open', 'approved', 'executing', 'done', 'failed', 'rejected', 'withdrawn', 'expired', 'void')),
    -- One more with each change: of two who change it at a time, one is told.
    version    BIGINT NOT NULL,
    content    TEXT NOT NULL,
    asked_at   TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    -- Of its push, once it has begun.
    receipt_id TEXT REFERENCES receipts (id)
);

CREATE INDEX requests_by_state ON requests (tenant_id, state, changed_at);
CREATE INDEX requests_by_asker ON requests (tenant_id, asker_id, changed_at);
CREATE INDEX requests_by_plan ON requests (plan_id);
CREATE INDEX requests_by_receipt ON requests (receipt_id) WHERE receipt_id IS NOT NULL;

-- What happened to each, and what was said.
CREATE TABLE request_events (
    number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    request_id TEXT NOT NULL REFERENCES requests (id),
    at         TEXT NOT NULL,
    act        TEXT NOT NULL,
    -- NULL: time, or the portal.
    person_id  TEXT,
    who        TEXT NOT NULL,
    words      TEXT NOT NULL
);

CREATE INDEX request_events_by_request ON request_events (tenant_id, request_id, number);

CREATE TRIGGER requests_stay_over BEFORE UPDATE ON requests
    FOR EACH ROW WHEN (OLD.state IN ('done', 'failed', 'rejected', 'withdrawn', 'expired', 'void'))
    EXECUTE FUNCTION refuse('a request that is over is not changed');
CREATE TRIGGER requests_are_kept BEFORE DELETE ON requests
    FOR EACH ROW EXECUTE FUNCTION refuse('requests are kept');
CREATE TRIGGER requests_are_not_emptied BEFORE TRUNCATE ON requests
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('requests are kept');
CREATE TRIGGER request_events_are_not_changed BEFORE UPDATE OR DELETE ON request_events
    FOR EACH ROW EXECUTE FUNCTION refuse('the history of a request is append-only');
CREATE TRIGGER request_events_are_not_emptied BEFORE TRUNCATE ON request_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('the history of a request is append-only');
