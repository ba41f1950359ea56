-- Filters of the inventory's grid that people come back to.
CREATE TABLE saved_views (
    tenant_id TEXT NOT NULL,
    id        TEXT NOT NULL,
    -- `all`, or a person's object id.
    whose     TEXT NOT NULL,
    name      TEXT NOT NULL,
    -- In lower case.
    folded    TEXT NOT NULL,
    -- The grid's query as its address has it, written by the portal itself.
    query     TEXT NOT NULL,
    made_at   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX saved_views_by_name ON saved_views (tenant_id, whose, folded);
