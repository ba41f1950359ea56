-- For whom a request waits: to approve it, or as an administrator to carry it out. None of one that is over.
CREATE TABLE request_turns (
    tenant_id  TEXT NOT NULL,
    -- `admins`, or a person's object id.
    whom       TEXT NOT NULL,
    request_id TEXT NOT NULL REFERENCES requests (id),
    -- 0: not for this person, though it waits for administrators.
    waits      BIGINT NOT NULL CHECK (waits IN (0, 1)),
    PRIMARY KEY (tenant_id, whom, request_id)
);

CREATE INDEX request_turns_by_request ON request_turns (tenant_id, request_id);

-- The version of the request that those rows are of. Another, or NULL: they are to be written.
ALTER TABLE requests ADD COLUMN turns_of BIGINT;
