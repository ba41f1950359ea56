-- Writes of pushes: stored before they are sent, and until what came of them is known. One whose push was cut off may still
-- be carried out; later pushes to the app reckon with it.
CREATE TABLE unanswered_writes (
    tenant_id  TEXT NOT NULL,
    object_id  TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    position   BIGINT NOT NULL,
    -- Counted by the push, from 1.
    number     BIGINT NOT NULL,
    sent_at    TEXT NOT NULL,
    -- What it leaves in the app, by keyId; no key and no certificate.
    content    TEXT NOT NULL,
    PRIMARY KEY (tenant_id, object_id, receipt_id, position, number)
);
