-- Who belongs to a site, and as what. Whoever had a site before owns it.
alter table site_person
    add column role     text not null default 'owner',
    add column since    timestamptz not null default now(),
    -- Who shared it with them; null when staff or a command did.
    add column added_by uuid references app_user on delete set null,
    add constraint site_person_role_check check (role in ('owner', 'viewer'));
alter table site_person alter column role drop default;
