-- Whether the vendors still answer as they are known to: compared once a day,
-- so that a change is told before it breaks something.

create table vendor_contract (
    brand       text not null,
    -- Which call, in words.
    call        text not null,
    checked_at  timestamptz not null,
    -- Since when it differs, and how, each as a clause for people.
    since       timestamptz,
    differences text[] not null default '{}',
    -- Fields known besides those that the program knows.
    learned     text[] not null default '{}',
    primary key (brand, call),
    constraint vendor_contract_brand_check
        check (brand in ('solaredge', 'fronius', 'enphase', 'other')),
    constraint vendor_contract_since_check check ((since is null) = (differences = '{}'))
);
