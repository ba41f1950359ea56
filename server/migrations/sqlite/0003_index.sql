-- SHA-1 of an uploaded certificate, in upper-case hexadecimal: errors and lists of Graph name certificates by it.
ALTER TABLE certificates ADD COLUMN sha1 TEXT;

CREATE INDEX certificates_by_sha1 ON certificates (tenant_id, sha1);

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
) STRICT;

CREATE INDEX observed_credentials_by_sha1 ON observed_credentials (tenant_id, sha1);
