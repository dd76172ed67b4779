-- Replaces what days taught; those of sites that are gone are left out.
insert into site_day_taught (
    site_id, day, produced, modelled, clear_wh, rung, spread, night_w, peak_w, lag_min,
    lag_explained, lag_first, lag_last)
select
    t.site_id, t.day, t.produced::real[], t.modelled::real[], t.clear_wh, t.rung, t.spread,
    t.night_w, t.peak_w, t.lag_min, t.lag_explained, t.lag_first, t.lag_last
from unnest(
    $1::integer[], $2::date[], $3::text[], $4::text[], $5::real[], $6::text[], $7::real[],
    $8::real[], $9::real[], $10::smallint[], $11::real[], $12::smallint[], $13::smallint[])
    as t (site_id, day, produced, modelled, clear_wh, rung, spread, night_w, peak_w, lag_min,
          lag_explained, lag_first, lag_last)
join site on site.id = t.site_id
on conflict (site_id, day) do update set
    produced = excluded.produced, modelled = excluded.modelled, clear_wh = excluded.clear_wh,
    rung = excluded.rung, spread = excluded.spread, night_w = excluded.night_w,
    peak_w = excluded.peak_w, lag_min = excluded.lag_min, lag_explained = excluded.lag_explained,
    lag_first = excluded.lag_first, lag_last = excluded.lag_last
