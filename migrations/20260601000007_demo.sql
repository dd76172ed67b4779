-- Where the demo stands; empty in production.

create table demo_state (
    one      boolean primary key default true,
    -- From which seed and with how many sites the fleet was made.
    seed     bigint not null,
    sites    integer not null,
    -- What the demo's own clock showed when it was last seen.
    clock_at timestamptz not null,
    -- Set once the history is complete; until then an interrupted first start
    -- goes on where it stopped.
    seeded   boolean not null default false,
    constraint demo_state_one_check check (one)
);
