-- What is counted of a directory may be another number wherever this one is another.
CREATE TABLE inventory_versions (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    version   BIGINT NOT NULL
);
