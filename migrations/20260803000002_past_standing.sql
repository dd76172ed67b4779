-- How the fleet stood at any moment. Every version of a row that the overview
-- tells of is kept with the moment from which on it held, by the clock that
-- judges sites; figures that change with every reading do not make a version,
-- since the intervals keep them.

create table overview_past (
    site_id integer not null references site on delete cascade,
    at      timestamptz not null,
    row     jsonb not null,
    primary key (site_id, at)
);

create table site_owner_past (
    site_id integer not null references site on delete cascade,
    at      timestamptz not null,
    user_id uuid references app_user on delete set null,
    primary key (site_id, at)
);

create table anomaly_past (
    anomaly_id uuid not null references anomaly on delete cascade,
    at         timestamptz not null,
    row        jsonb not null,
    primary key (anomaly_id, at)
);

insert into overview_past (site_id, at, row)
select site_id, updated_at, to_jsonb(r) from overview_row r;

insert into site_owner_past (site_id, at, user_id)
select site_id, since, user_id from site_owner;

insert into anomaly_past (anomaly_id, at, row)
select id, greatest(heard_at, stage_at), to_jsonb(a) from anomaly a;

create function keep_overview_past() returns trigger language plpgsql as $$
begin
    insert into overview_past (site_id, at, row)
    values (new.site_id, new.updated_at, to_jsonb(new))
    on conflict (site_id, at) do update set row = excluded.row;
    return null;
end $$;

create trigger overview_row_past_first after insert on overview_row
    for each row execute function keep_overview_past();

create trigger overview_row_past after update on overview_row
    for each row
    when ((old.status, old.kind, old.since, old.cause, old.next_step, old.currency,
           round(old.money_per_day), old.lost_wh_per_day / 1000)
          is distinct from
          (new.status, new.kind, new.since, new.cause, new.next_step, new.currency,
           round(new.money_per_day), new.lost_wh_per_day / 1000))
    execute function keep_overview_past();

-- Runs when the transaction commits, after what happened is in the history: the
-- moment is that of the last thing that happened.
create function keep_anomaly_past() returns trigger language plpgsql as $$
declare
    moment timestamptz;
begin
    select greatest(new.heard_at, new.stage_at, max(at)) into moment
    from anomaly_history where anomaly_id = new.id;
    insert into anomaly_past (anomaly_id, at, row)
    values (new.id, moment, to_jsonb(new))
    on conflict (anomaly_id, at) do update set row = excluded.row;
    return null;
end $$;

create constraint trigger anomaly_past_first after insert on anomaly
    deferrable initially deferred
    for each row execute function keep_anomaly_past();

create constraint trigger anomaly_past after update on anomaly
    deferrable initially deferred
    for each row
    when ((old.kind, old.until, old.stage, old.snoozed_until, old.assigned_to,
           old.quiet_pattern_id, old.incident_id, old.cause)
          is distinct from
          (new.kind, new.until, new.stage, new.snoozed_until, new.assigned_to,
           new.quiet_pattern_id, new.incident_id, new.cause))
    execute function keep_anomaly_past();
