-- Whose a session is, so that they see where they are signed in, and can end it from elsewhere. NULL in sessions of the
-- version before, which end within hours.
ALTER TABLE sessions ADD COLUMN tenant_id TEXT;
ALTER TABLE sessions ADD COLUMN person_id TEXT;
-- The browser's own name for itself, at the sign-in.
ALTER TABLE sessions ADD COLUMN agent TEXT;
-- Unix seconds, to the minute or so.
ALTER TABLE sessions ADD COLUMN used_at INTEGER;

CREATE INDEX sessions_by_person ON sessions (tenant_id, person_id, created_at);
