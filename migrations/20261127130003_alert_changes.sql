-- What people changed about rules, silences and inhibitions, by the clock that
-- judges sites: a shift tells the next. The audit trail, which goes by the time
-- of the world, has the details.
create table alert_change (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    by_user uuid,
    event   text not null,
    -- The rule, or what is kept quiet, in words.
    what    text not null,
    why     text,
    -- Of which region alone; of all without.
    region  text references region,
    constraint alert_change_event_check
        check (event in ('rule_made', 'rule_changed', 'rule_removed', 'silence_begun',
                         'silence_ended', 'inhibition_made', 'inhibition_changed',
                         'inhibition_removed'))
);
create index alert_change_at_idx on alert_change (at);
