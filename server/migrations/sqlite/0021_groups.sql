-- What certificates are grouped by: the thumbprint that an entry tells, and the issuer of a certificate that was read itself.
ALTER TABLE inventory_credentials ADD COLUMN thumbprint TEXT;
ALTER TABLE inventory_credentials ADD COLUMN issuer TEXT;

CREATE INDEX inventory_credentials_by_thumbprint
    ON inventory_credentials (tenant_id, credential, thumbprint, kind, object_id);
CREATE INDEX inventory_credentials_by_issuer ON inventory_credentials (tenant_id, credential, issuer, kind, object_id);

-- What is kept has neither yet: the directory is read anew from its beginning, and until its end not called complete.
-- A pass that stands at its beginning does that already.
UPDATE inventory_passes
    SET pass = pass + 1, stage = 'applications', next_link = NULL, unnamed = 0, complete_from = NULL, complete_at = NULL
    WHERE stage <> 'applications' OR next_link IS NOT NULL OR complete_from IS NOT NULL;
