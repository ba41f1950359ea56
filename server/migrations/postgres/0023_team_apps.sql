-- Apps that an administrator gave to a team of the configuration, beside those that its own lines mean.
CREATE TABLE team_apps (
    tenant_id TEXT NOT NULL,
    team      TEXT NOT NULL,
    -- Object id or client id.
    app       TEXT NOT NULL,
    PRIMARY KEY (tenant_id, team, app)
);
