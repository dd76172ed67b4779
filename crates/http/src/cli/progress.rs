use std::io::IsTerminal;
use std::time::{Duration, Instant};

use console::style;
use indicatif::{ProgressBar, ProgressStyle};
use parking_lot::Mutex;

/// How often a step that counts says so where there is no terminal.
const PLAIN_GAP: Duration = Duration::from_secs(5);

/// Tells on the standard error output what takes a while: with a moving bar at
/// a terminal, in plain lines elsewhere.
#[derive(Debug)]
pub(crate) struct Steps {
    terminal: bool,
    current: Mutex<Option<Step>>,
}

#[derive(Debug)]
struct Step {
    text: String,
    began: Instant,
    said: Instant,
    bar: Option<ProgressBar>,
}

impl Steps {
    /// Nothing to tell yet.
    pub(crate) fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), current: Mutex::new(None) }
    }

    /// Begins a step, which ends the one before.
    pub(crate) fn begin(&self, text: impl Into<String>) {
        let text = text.into();
        let mut current = self.current.lock();
        finish(current.take());
        let bar = self.terminal.then(|| spinner(&text));
        if bar.is_none() {
            eprintln!("{text} …");
        }
        let now = Instant::now();
        *current = Some(Step { text, began: now, said: now, bar });
    }

    /// How far a step is; begins it unless it is the present one.
    pub(crate) fn of(&self, text: &str, done: u64, total: u64) {
        let is_present = self.current.lock().as_ref().is_some_and(|step| step.text == text);
        if !is_present {
            self.begin(text);
        }
        if total > 1 {
            self.at(done, total);
        }
    }

    /// How far the present step is.
    fn at(&self, done: u64, total: u64) {
        let mut current = self.current.lock();
        let Some(step) = current.as_mut() else { return };
        if let Some(bar) = &step.bar {
            if bar.length() != Some(total) {
                bar.set_length(total);
                bar.set_style(counting());
            }
            bar.set_position(done);
        } else if step.said.elapsed() >= PLAIN_GAP {
            step.said = Instant::now();
            eprintln!("{}: {} %", step.text, done * 100 / total.max(1));
        }
    }

    /// Ends the present step.
    pub(crate) fn end(&self) {
        finish(self.current.lock().take());
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        // A step that did not end failed; its line goes, the error follows.
        if let Some(Step { bar: Some(bar), .. }) = self.current.lock().take() {
            bar.finish_and_clear();
        }
    }
}

fn finish(step: Option<Step>) {
    let Some(Step { text, began, bar: Some(bar), .. }) = step else { return };
    bar.finish_and_clear();
    let seconds = began.elapsed().as_secs_f64();
    eprintln!("{} {text} {}", style("✓").green(), style(format!("{seconds:.1} s")).dim());
}

fn spinner(text: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(text.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn counting() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg} {bar:30.green} {percent} % {elapsed}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
