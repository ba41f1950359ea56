-- The credentials of what is there, one by one, so that they can be counted and put in an order. What each of them is
-- stands in its object's content.
CREATE TABLE inventory_credentials (
    tenant_id  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    object_id  TEXT NOT NULL,
    credential TEXT NOT NULL CHECK (credential IN ('certificate', 'secret', 'federated')),
    -- In the object's list of these, from 0.
    place      BIGINT NOT NULL,
    -- The object's name in lower case.
    folded     TEXT NOT NULL,
    -- After every time, where it never ends or the end is not known.
    end_at     TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, object_id, credential, place)
);

CREATE INDEX inventory_credentials_by_end
    ON inventory_credentials (tenant_id, end_at, kind, object_id, credential, place);
CREATE INDEX inventory_credentials_by_kind
    ON inventory_credentials (tenant_id, credential, end_at, kind, object_id, place);
CREATE INDEX inventory_credentials_by_name
    ON inventory_credentials (tenant_id, folded, kind, object_id, credential, place, end_at);

-- Whether somebody owns it who counts.
ALTER TABLE inventory_objects ADD COLUMN ownership TEXT NOT NULL DEFAULT 'unknown'
    CHECK (ownership IN ('somebody', 'nobody', 'unknown'));

-- A search by a part of a name reads the index alone.
DROP INDEX inventory_objects_by_name;
CREATE INDEX inventory_objects_by_folded ON inventory_objects (tenant_id, folded, kind, object_id, ownership, gone_at)
    WHERE gone_at IS NULL;
CREATE INDEX inventory_objects_by_age ON inventory_objects (tenant_id, first_seen, kind, object_id) WHERE gone_at IS NULL;

-- What needs somebody is counted and put in an order by the index alone.
CREATE INDEX inventory_attention_by_reason
    ON inventory_attention (tenant_id, attention, kind, object_id, from_at, until_at);
DROP INDEX inventory_attention_by_time;

-- What is kept has no such rows yet: the directory is read anew from its beginning, and until its end not called complete.
UPDATE inventory_passes
    SET pass = pass + 1, stage = 'applications', next_link = NULL, unnamed = 0, complete_from = NULL, complete_at = NULL;
