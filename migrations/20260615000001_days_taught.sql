-- What a day taught about a site, so that months of them need not be worked out
-- anew at every start; and baselines by where the sun stands.

delete from site_baseline;
alter table site_baseline
    drop column shape,
    -- Factors by azimuth (every 15°) and then elevation (5°, 15°, … 85°).
    add column profile     real[] not null,
    -- Share of the model for the 24 hours of the mean solar day.
    add column hours       real[] not null,
    -- Orientation as learned, where none is on record.
    add column tilt_deg    double precision,
    add column azimuth_deg double precision,
    add column scatter     double precision not null,
    add column peak_w      double precision not null,
    add constraint site_baseline_profile_check check (cardinality(profile) = 216),
    add constraint site_baseline_hours_check check (cardinality(hours) = 24),
    add constraint site_baseline_turn_check check ((tilt_deg is null) = (azimuth_deg is null));

create table site_day_taught (
    site_id       integer not null references site on delete cascade,
    -- As the clocks at the site count it.
    day           date not null,
    -- By hour of the mean solar day, Wh.
    produced      real[] not null,
    modelled      real[] not null,
    clear_wh      real not null,
    rung          text not null,
    spread        real not null,
    night_w       real,
    peak_w        real not null,
    -- By how many minutes its curve lies late; all or none.
    lag_min       smallint,
    lag_explained real,
    lag_first     smallint,
    lag_last      smallint,
    primary key (site_id, day),
    constraint site_day_taught_hours_check
        check (cardinality(produced) = 24 and cardinality(modelled) = 24),
    constraint site_day_taught_rung_check
        check (rung in ('neighbours', 'few_neighbours', 'own_history', 'clear_sky'))
);

-- The days there are have to be summed up once.
insert into assessment_due (region, utc_day)
select distinct site.region, site_day.day
from site_day join site on site.id = site_day.site_id
on conflict do nothing;
