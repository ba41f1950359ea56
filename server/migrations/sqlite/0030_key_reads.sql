-- When the certificates of an object were read themselves, or were asked for in vain: lists do not show what is in them.
CREATE TABLE inventory_key_reads (
    tenant_id TEXT NOT NULL,
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL,
    read_at   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, object_id)
) STRICT;

-- Of what is not read yet: what ends next, and what is newest.
CREATE INDEX inventory_credentials_unread_by_end ON inventory_credentials (tenant_id, end_at, kind, object_id)
    WHERE credential = 'certificate' AND issuer IS NULL;
CREATE INDEX inventory_credentials_unread_by_start ON inventory_credentials (tenant_id, start_at, kind, object_id)
    WHERE credential = 'certificate' AND issuer IS NULL;
