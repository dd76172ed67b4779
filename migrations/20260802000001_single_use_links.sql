-- Addresses that work once, mailed to prove that a mailbox is somebody's. Of the
-- secret in them only the SHA-256 is kept, so a copy of the table opens nothing.

-- Somebody who was invited has no password until they follow their link.
alter table app_user alter column password_hash drop not null;

create table single_use_link (
    id          uuid primary key,
    secret_hash bytea not null,
    user_id     uuid not null references app_user on delete cascade,
    purpose     text not null,
    -- The address that a change of address is about.
    new_email   text,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    used_at     timestamptz,
    -- A later link, or a new password or address, took its place.
    replaced_at timestamptz,
    constraint single_use_link_purpose_check
        check (purpose in ('invitation', 'password_reset', 'address_change')),
    constraint single_use_link_new_email_check
        check ((purpose = 'address_change') = (new_email is not null))
);
create unique index single_use_link_secret_hash_key on single_use_link (secret_hash);
create index single_use_link_open_idx on single_use_link (user_id)
    where used_at is null and replaced_at is null;
