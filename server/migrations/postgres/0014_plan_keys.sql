-- The certificates of a preview, each once: its apps' plans name them by number.
CREATE TABLE plan_keys (
    plan_id TEXT NOT NULL REFERENCES plans (id),
    number  BIGINT NOT NULL,
    -- As it stands in `key` of an entry of `keyCredentials`.
    key     TEXT NOT NULL,
    PRIMARY KEY (plan_id, number)
);
