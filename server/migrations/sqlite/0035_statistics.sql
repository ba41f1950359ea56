-- What SQLite's planner would find out by ANALYZE in a directory of 100,000 objects, by rule: without it, a tenant is ten rows to the
-- planner, and it reads the whole of one for a single object. Written down, so that a first reading has it too, and so that
-- plans are everywhere the same (https://sqlite.org/queryplanner-ng.html, "Checklist For Avoiding Or Fixing Query Planner
-- Problems"). Of each index: its rows, then how many of them are alike in its first column, in its first two, and so on.
ANALYZE inventory_passes;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('credential_uses', 'sqlite_autoindex_credential_uses_1', '116838 116838 2 1'),
    ('inventory_attention', 'inventory_attention_by_name', '175053 175053 15914 2 1 1 1 1 1'),
    ('inventory_attention', 'inventory_attention_by_object', '175053 175053 87527 3'),
    ('inventory_attention', 'inventory_attention_by_urgency', '175053 175053 15914 1 1 1 1 1 1 1'),
    ('inventory_changes', 'inventory_changes_by_look', '2000 2000 1'),
    ('inventory_changes', 'inventory_changes_by_object', '4000 4000 4000 2 1'),
    ('inventory_changes', 'inventory_changes_by_time', '4000 4'),
    ('inventory_changes', 'inventory_changes_open', '2000 2000 2000 2'),
    ('inventory_credentials', 'inventory_credentials_by_age', '125831 125831 41944 1 1 1 1'),
    ('inventory_credentials', 'inventory_credentials_by_end', '125831 125831 1 1 1 1 1'),
    ('inventory_credentials', 'inventory_credentials_by_holder', '125831 125831 41944 2 2 1 1'),
    ('inventory_credentials', 'inventory_credentials_by_issuer', '125831 125831 41944 2927 2736 1'),
    ('inventory_credentials', 'inventory_credentials_by_kind', '125831 125831 41944 1 1 1 1'),
    ('inventory_credentials', 'inventory_credentials_by_name', '125831 125831 3 3 2 1 1 1'),
    ('inventory_credentials', 'inventory_credentials_by_owner', '125831 125831 41944 1 1 1 1 1'),
    ('inventory_credentials', 'inventory_credentials_by_thumbprint', '125831 125831 41944 3 3 1'),
    ('inventory_credentials', 'inventory_credentials_unread_by_end', '52483 52483 1 1 1'),
    ('inventory_credentials', 'inventory_credentials_unread_by_start', '52483 52483 1 1 1'),
    ('inventory_credentials', 'sqlite_autoindex_inventory_credentials_1', '125831 125831 62916 2 1 1'),
    ('inventory_items', 'inventory_items_by_object', '3462 3462 1731 1'),
    ('inventory_items', 'sqlite_autoindex_inventory_items_1', '3462 3462 315 158 1'),
    ('inventory_key_reads', 'sqlite_autoindex_inventory_key_reads_1', '9753 9753 9753 1'),
    ('inventory_objects', 'inventory_objects_by_age', '100000 100000 274 137 1'),
    ('inventory_objects', 'inventory_objects_by_folded', '100000 100000 2 2 1 1 1'),
    ('inventory_objects', 'inventory_objects_by_ownership', '100000 100000 33334 2 2 1'),
    ('inventory_objects', 'inventory_objects_by_pass', '100000 100000 100000'),
    ('inventory_objects', 'sqlite_autoindex_inventory_objects_1', '100000 100000 50000 1'),
    ('inventory_owners', 'inventory_owners_by_department', '43191 43191 432 216 1'),
    ('inventory_owners', 'inventory_owners_by_object', '86291 86291 43146 2'),
    ('inventory_owners', 'sqlite_autoindex_inventory_owners_1', '86291 86291 18 9 1'),
    ('inventory_tags', 'inventory_tags_by_object', '10000 10000 10000 1'),
    ('inventory_tags', 'sqlite_autoindex_inventory_tags_1', '10000 10000 50 50 1');
-- For this connection; others read it when they begin.
ANALYZE sqlite_schema;
