-- What people decided about an item: an object, and a reason to look at it. It goes with the reason.
CREATE TABLE inventory_items (
    tenant_id     TEXT NOT NULL,
    attention     TEXT NOT NULL,
    kind          TEXT NOT NULL,
    object_id     TEXT NOT NULL,
    -- Who looks after it.
    assignee_id   TEXT,
    assignee      TEXT,
    -- Out of the count until then; of what is accepted, for ever. NULL: in the count.
    aside         TEXT CHECK (aside IN ('snoozed', 'accepted')),
    aside_until   TEXT,
    reason        TEXT,
    -- The last decision.
    decided_by    TEXT NOT NULL,
    decided_at    TEXT NOT NULL,
    PRIMARY KEY (tenant_id, attention, kind, object_id)
) STRICT;

CREATE INDEX inventory_items_by_object ON inventory_items (tenant_id, kind, object_id);

-- What is counted and put in an order is read from one index: the rows of a reason have the object's name, and say until
-- when the item is put aside. At any time at most one row of an object's reason holds: spans that overlap are cut.
DROP TABLE inventory_attention;
CREATE TABLE inventory_attention (
    tenant_id   TEXT NOT NULL,
    attention   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    object_id   TEXT NOT NULL,
    -- The object's name in lower case.
    folded      TEXT NOT NULL,
    -- Not before, and before.
    from_at     TEXT NOT NULL,
    until_at    TEXT NOT NULL,
    -- Of the spans that were cut here: the end of the one that ends first, and the beginning of the one that began first.
    worst_until TEXT NOT NULL,
    worst_from  TEXT NOT NULL,
    -- Not counted before then.
    aside_until TEXT NOT NULL DEFAULT '0001-01-01T00:00:00.000000000Z'
) STRICT;

CREATE INDEX inventory_attention_by_object ON inventory_attention (tenant_id, kind, object_id);
CREATE INDEX inventory_attention_by_name ON inventory_attention
    (tenant_id, attention, folded, kind, object_id, from_at, until_at, aside_until);
CREATE INDEX inventory_attention_by_urgency ON inventory_attention
    (tenant_id, attention, worst_until, worst_from, kind, object_id, from_at, until_at, aside_until);

-- Whether somebody owns the object who counts.
ALTER TABLE inventory_credentials ADD COLUMN ownership TEXT NOT NULL DEFAULT 'unknown';
CREATE INDEX inventory_credentials_by_owner ON inventory_credentials
    (tenant_id, ownership, end_at, kind, object_id, credential, place);
CREATE INDEX inventory_credentials_by_holder ON inventory_credentials
    (tenant_id, credential, folded, kind, object_id, end_at);
CREATE INDEX inventory_objects_by_ownership ON inventory_objects (tenant_id, ownership, folded, kind, object_id)
    WHERE gone_at IS NULL;

-- What is kept has no such rows yet: the directory is read anew from its beginning, and until its end not called complete.
-- A pass that stands at its beginning does that already.
UPDATE inventory_passes
    SET pass = pass + 1, stage = 'applications', next_link = NULL, unnamed = 0, complete_from = NULL, complete_at = NULL
    WHERE stage <> 'applications' OR next_link IS NOT NULL OR complete_from IS NOT NULL;
