-- Times get nine digits of fraction wherever they are sorted or compared, so that they do so as text. The audit log is
-- append-only and sorted by number: it stays as it is.

UPDATE certificates
SET uploaded_at = substr(uploaded_at, 1, 19) || '.' || substr(rtrim(substr(uploaded_at, 21), 'Z') || '000000000', 1, 9) || 'Z'
WHERE uploaded_at LIKE '____-__-__T__:__:__%Z';

UPDATE plans
SET created_at = substr(created_at, 1, 19) || '.' || substr(rtrim(substr(created_at, 21), 'Z') || '000000000', 1, 9) || 'Z'
WHERE created_at LIKE '____-__-__T__:__:__%Z';

UPDATE receipts
SET started_at = substr(started_at, 1, 19) || '.' || substr(rtrim(substr(started_at, 21), 'Z') || '000000000', 1, 9) || 'Z'
WHERE started_at LIKE '____-__-__T__:__:__%Z';

UPDATE receipts
SET finished_at = substr(finished_at, 1, 19) || '.' || substr(rtrim(substr(finished_at, 21), 'Z') || '000000000', 1, 9) || 'Z'
WHERE finished_at LIKE '____-__-__T__:__:__%Z';

UPDATE observed_credentials
SET first_seen = substr(first_seen, 1, 19) || '.' || substr(rtrim(substr(first_seen, 21), 'Z') || '000000000', 1, 9) || 'Z',
    last_seen = substr(last_seen, 1, 19) || '.' || substr(rtrim(substr(last_seen, 21), 'Z') || '000000000', 1, 9) || 'Z'
WHERE first_seen LIKE '____-__-__T__:__:__%Z' AND last_seen LIKE '____-__-__T__:__:__%Z';

UPDATE observed_credentials
SET gone_at = substr(gone_at, 1, 19) || '.' || substr(rtrim(substr(gone_at, 21), 'Z') || '000000000', 1, 9) || 'Z'
WHERE gone_at LIKE '____-__-__T__:__:__%Z';

DROP INDEX receipts_by_person;
CREATE INDEX receipts_by_person ON receipts (tenant_id, person_id, started_at);
CREATE INDEX certificates_by_person ON certificates (tenant_id, uploaded_by_id, uploaded_at);
