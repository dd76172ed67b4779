-- The second thing that signing in asks for. The secret of somebody's app is
-- sealed by the server's own secret; of recovery codes only the SHA-256 is kept.

create table second_factor (
    user_id       uuid primary key references app_user on delete cascade,
    sealed_secret bytea not null,
    created_at    timestamptz not null default now(),
    -- Nothing asks for it before its owner has shown that the app works.
    confirmed_at  timestamptz,
    -- The last step of thirty seconds whose code was used: each opens once.
    used_step     bigint
);

create table recovery_code (
    user_id   uuid not null references second_factor on delete cascade,
    code_hash bytea not null,
    used_at   timestamptz,
    primary key (user_id, code_hash)
);
