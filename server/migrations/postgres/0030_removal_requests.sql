-- A request may be about a client secret that is to go, and then it has no preview.
ALTER TABLE requests ALTER COLUMN plan_id DROP NOT NULL;
-- Of that secret: the app, its client id, and the secret's keyId.
ALTER TABLE requests ADD COLUMN object_id TEXT;
ALTER TABLE requests ADD COLUMN app_id TEXT;
ALTER TABLE requests ADD COLUMN key_id TEXT;
ALTER TABLE requests ADD CHECK ((plan_id IS NULL) = (object_id IS NOT NULL AND app_id IS NOT NULL AND key_id IS NOT NULL));

CREATE INDEX requests_by_secret ON requests (tenant_id, object_id, key_id) WHERE object_id IS NOT NULL;
