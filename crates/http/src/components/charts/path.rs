use std::fmt::Write;

use super::pen::Pen;

/// A path in SVG's shortest form: relative steps in tenths, which repeat from
/// chart to chart and so compress well.
#[derive(Default)]
pub(super) struct PathData {
    text: String,
    at: (i64, i64),
    start: (i64, i64),
    previous: Option<(i64, i64)>,
}

impl Pen for PathData {
    fn move_to(&mut self, x: f64, y: f64) {
        let to = (tenths(x), tenths(y));
        self.previous = None;
        self.text.push('M');
        self.number(to.0);
        self.separated(to.1);
        self.at = to;
        self.start = to;
    }

    /// A step that goes on level replaces the one before it,
    /// so that nights cost two numbers.
    fn line_to(&mut self, x: f64, y: f64) {
        let to = (tenths(x), tenths(y));
        let step = (to.0 - self.at.0, to.1 - self.at.1);
        if step == (0, 0) {
            return;
        }
        if step.1 == 0 {
            if let Some((dx, at)) = self.level() {
                self.text.truncate(at);
                self.put('h', dx + step.0, at);
                self.at = to;
                return;
            }
            let at = self.text.len();
            self.put('h', step.0, at);
        } else {
            self.previous = None;
            self.text.push('l');
            self.number(step.0);
            self.separated(step.1);
        }
        self.at = to;
    }

    fn close(&mut self) {
        self.text.push('z');
        self.at = self.start;
        self.previous = None;
    }
}

impl PathData {
    /// The text for the attribute `d`.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn level(&self) -> Option<(i64, usize)> {
        self.previous.and_then(|(dx, at)| Some((dx, usize::try_from(at).ok()?)))
    }

    fn put(&mut self, command: char, dx: i64, at: usize) {
        self.text.push(command);
        self.number(dx);
        self.previous = i64::try_from(at).ok().map(|at| (dx, at));
    }

    fn separated(&mut self, tenths: i64) {
        if tenths >= 0 {
            self.text.push(' ');
        }
        self.number(tenths);
    }

    fn number(&mut self, tenths: i64) {
        if tenths < 0 {
            self.text.push('-');
        }
        let (whole, part) = (tenths.abs() / 10, tenths.abs() % 10);
        // Writing to a String cannot fail.
        let _ = match (whole, part) {
            (_, 0) => write!(self.text, "{whole}"),
            (0, _) => write!(self.text, ".{part}"),
            _ => write!(self.text, "{whole}.{part}"),
        };
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a float-to-int cast saturates")]
fn tenths(value: f64) -> i64 {
    (value * 10.0).round() as i64
}

/// A number for an attribute, with at most one decimal.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").map(ToOwned::to_owned).unwrap_or(text);
    if text == "-0" { "0".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_relative_and_level_ones_are_joined() {
        let mut path = PathData::default();

        path.through([(0.0, 45.0), (1.1, 45.0), (2.2, 45.0), (3.3, 44.5), (4.4, 43.0)]);
        path.close();

        assert_eq!(path.finish(), "M0 45h2.2l1.1-.5l1.1-1.5z");
    }
}
