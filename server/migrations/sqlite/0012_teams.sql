-- The tags of what is there: some teams look after apps by them. Known with the next full reading of the directory.
CREATE TABLE inventory_tags (
    tenant_id TEXT NOT NULL,
    tag       TEXT NOT NULL,
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, tag, kind, object_id)
) STRICT;

CREATE INDEX inventory_tags_by_object ON inventory_tags (tenant_id, kind, object_id);

-- When an open request is to be put before others, too. NULL: it is not, or that has happened.
ALTER TABLE requests ADD COLUMN escalates_at TEXT;

CREATE INDEX requests_by_escalation ON requests (escalates_at) WHERE escalates_at IS NOT NULL;
