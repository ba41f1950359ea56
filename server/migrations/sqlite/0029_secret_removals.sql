-- Client secrets that the portal removed, or was about to: the latest removal of each. `outcome`: NULL while it is not known what
-- came of it.
CREATE TABLE secret_removals (
    tenant_id TEXT NOT NULL,
    object_id TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    person_id TEXT NOT NULL,
    sent_at   TEXT NOT NULL,
    outcome   TEXT,
    content   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, object_id, key_id)
) STRICT;

CREATE INDEX secret_removals_open ON secret_removals (sent_at) WHERE outcome IS NULL;
