//! Hands signals to the watch.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use greengrid_domain::observability::signal::{REQUEST, STEP, Signal, statement_name};
use jiff::{SignedDuration, Timestamp};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::watch::{Entry, WATCH};

/// Letters of a value that are kept.
const LONGEST: usize = 1_000;

/// A layer of `tracing` that keeps signals while somebody watches. While nobody
/// does, it asks one atomic number at those places of the program that signal,
/// and nothing anywhere else.
#[must_use]
pub fn signals<S>() -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    use tracing::subscriber::Interest;
    let filter = DynFilterFn::new(|metadata: &tracing::Metadata<'_>, _: &Context<'_, S>| {
        WATCH.is_on() && Signal::of(metadata.target()).is_some()
    })
    .with_callsite_filter(|metadata| match Signal::of(metadata.target()) {
        Some(_) => Interest::sometimes(),
        None => Interest::never(),
    })
    .with_max_level_hint(LevelFilter::DEBUG);
    Signals.with_filter(filter)
}

struct Signals;

/// The request that a span belongs to.
struct Trace(Arc<str>);

/// A step that is being done.
struct Begun {
    at: Instant,
    told: Told,
}

impl<S> Layer<S> for Signals
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut told = Told::default();
        attributes.record(&mut told);
        match attributes.metadata().target() {
            REQUEST => {
                if let Some(id) = told.take("request.id") {
                    span.extensions_mut().insert(Trace(id.into()));
                }
            }
            STEP => span.extensions_mut().insert(Begun { at: Instant::now(), told }),
            _ => {}
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(signal) = Signal::of(event.metadata().target()) else { return };
        let mut told = Told::default();
        event.record(&mut told);
        let trace = context.event_scope(event).and_then(|mut scope| {
            scope.find_map(|span| span.extensions().get::<Trace>().map(|it| Arc::clone(&it.0)))
        });
        if signal == Signal::Database {
            told.name_statement();
        }
        keep(signal, told, trace);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(Begun { at, mut told }) = span.extensions_mut().remove::<Begun>() else { return };
        told.took = Some(at.elapsed());
        let trace = span
            .scope()
            .find_map(|span| span.extensions().get::<Trace>().map(|it| Arc::clone(&it.0)));
        keep(Signal::Step, told, trace);
    }
}

fn keep(signal: Signal, told: Told, trace: Option<Arc<str>>) {
    let now = Timestamp::now();
    let at = told
        .took
        .and_then(|took| SignedDuration::try_from(took).ok())
        .and_then(|took| now.checked_sub(took).ok())
        .unwrap_or(now);
    WATCH.keep(Entry { number: 0, at, took: told.took, signal, trace, fields: told.fields.into() });
}

/// What an event or span tells.
#[derive(Debug, Default)]
struct Told {
    took: Option<Duration>,
    fields: Vec<(&'static str, String)>,
}

impl Told {
    fn put(&mut self, field: &Field, value: String) {
        let value = match value.char_indices().nth(LONGEST) {
            Some((cut, _)) => format!("{}…", &value[..cut]),
            None => value,
        };
        self.fields.push((field.name(), value));
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.fields.iter().position(|(key, _)| *key == name)?;
        Some(self.fields.swap_remove(at).1)
    }

    /// Statements come with their text, or with its first words where that is
    /// all there is.
    fn name_statement(&mut self) {
        let summary = self.take("summary").unwrap_or_default();
        let whole = self.take("db.statement").filter(|text| !text.trim().is_empty());
        let whole = whole.unwrap_or(summary);
        self.fields.push(("name", statement_name(&whole)));
        self.fields.push(("statement", whole.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // The library tells it twice.
        if field.name() != "elapsed" {
            self.put(field, format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.to_owned());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "took_us" => self.took = Some(Duration::from_micros(value)),
            _ => self.put(field, value.to_string()),
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match field.name() {
            "elapsed_secs" => self.took = Duration::try_from_secs_f64(value).ok(),
            _ => self.put(field, value.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use greengrid_domain::observability::signal::{DATABASE, NOTICE, STREAM, WORK};
    use tracing_subscriber::prelude::*;

    use super::*;

    fn of(trace: &str) -> Vec<Entry> {
        use strum::IntoEnumIterator;
        let all = Signal::iter().flat_map(|signal| WATCH.newest(signal));
        let mut of: Vec<Entry> = all.filter(|it| it.trace.as_deref() == Some(trace)).collect();
        of.sort_by_key(|entry| entry.number);
        of
    }

    /// All in one test: there is one watch.
    #[test]
    fn signals_are_kept_with_their_request_while_somebody_watches() {
        let subscriber = tracing_subscriber::registry().with(signals());
        let _in_use = tracing::subscriber::set_default(subscriber);
        let work = || {
            let span = tracing::info_span!(target: REQUEST, "request", request.id = "r-1");
            let _inside = span.enter();
            tracing::debug_span!(target: STEP, "step", name = "domain").in_scope(|| {
                tracing::debug!(
                    target: DATABASE,
                    summary = "insert into chat_post (id, …",
                    db.statement = "\n\ninsert into chat_post (id, room)\n values ($1, $2)\n",
                    rows_affected = 1_u64,
                    elapsed = ?Duration::from_millis(2),
                    elapsed_secs = 0.002,
                );
            });
            tracing::debug!(target: NOTICE, topics = "changed rooms");
            tracing::info!(target: REQUEST, took_us = 5_000_u64, http.route = "/chat/{room}");
            tracing::debug!(target: "greengrid_http::chat", "diagnostics are not kept");
        };

        work();
        assert!(of("r-1").is_empty(), "nobody watches");
        WATCH.begin();
        work();

        let kept = of("r-1");
        let kinds: Vec<Signal> = kept.iter().map(|entry| entry.signal).collect();
        assert_eq!(kinds, [Signal::Database, Signal::Step, Signal::Notice, Signal::Request]);
        assert_eq!(kept[0].get("name"), "insert chat_post");
        assert_eq!(kept[0].get("statement"), "insert into chat_post (id, room) values ($1, $2)");
        assert_eq!(kept[0].took, Some(Duration::from_millis(2)));
        assert_eq!(kept[1].get("name"), "domain");
        assert!(kept[1].took.is_some());
        assert_eq!(kept[3].took, Some(Duration::from_millis(5)));

        // What is very long is cut, and what belongs to no request is kept too.
        tracing::debug!(target: WORK, work = "x".repeat(5_000));
        tracing::debug!(target: STREAM, view = "overview");
        assert_eq!(WATCH.newest(Signal::Work)[0].get("work").chars().count(), LONGEST + 1);
        assert_eq!(WATCH.newest(Signal::Stream)[0].trace, None);
    }
}
