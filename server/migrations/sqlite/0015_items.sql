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
