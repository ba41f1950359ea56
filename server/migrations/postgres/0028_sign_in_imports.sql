-- What logs of sign-ins say that people brought, credential by credential: the newest of each, and of which days the log was.
CREATE TABLE imported_uses (
    tenant_id    TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    succeeded    TEXT,
    attempted    TEXT,
    covers_from  TEXT NOT NULL,
    covers_until TEXT NOT NULL,
    PRIMARY KEY (tenant_id, app_id, key_id)
);

-- Each log that was brought, and what there was in it.
CREATE TABLE sign_in_imports (
    number    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    at        TEXT NOT NULL,
    content   TEXT NOT NULL
);

CREATE INDEX sign_in_imports_by_number ON sign_in_imports (tenant_id, number);
