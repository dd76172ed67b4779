use greengrid_domain::messages::LetterImage;
use greengrid_domain::monitoring::Spark;
use maud::{Markup, html};
use tiny_skia::{
    Color, FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash, Transform,
};

use super::pen::Pen;
use super::spark::{Drawing, HIGH, WIDE};

/// Dots of the picture for each dot of a letter: screens of phones are fine.
const FINE: u32 = 2;

/// The colours of the small chart on light ground: letters are light.
const BAND: [u8; 4] = [226, 232, 222, 255];
const EXPECTED: [u8; 4] = [110, 124, 114, 255];
const SHORT: [u8; 4] = [244, 190, 160, 255];
const MISSING: [u8; 4] = [214, 218, 212, 255];
const ACTUAL: [u8; 4] = [23, 70, 58, 255];
const GRID: [u8; 4] = [200, 206, 198, 255];

/// Pictures of a letter under way, each shown where it belongs.
#[derive(Default)]
pub(crate) struct Pictures(Vec<LetterImage>);

impl Pictures {
    /// The last three days of a site as a picture within the letter. `finding`
    /// is the sentence for those who cannot see it.
    pub(crate) fn spark(&mut self, spark: &Spark, finding: &str) -> Markup {
        let Some(bytes) = png(spark) else { return Markup::default() };
        let cid = format!("spark-{}", self.0.len() + 1);
        let shown = html! {
            img src={ "cid:" (cid) } width=(WIDE) height=(HIGH) alt={ "Last three days. " (finding) }
                style="display:block;margin-top:6px;border:0";
        };
        self.0.push(LetterImage { cid, media: "image/png".to_owned(), bytes });
        shown
    }

    /// The pictures, once all are drawn.
    pub(crate) fn finish(self) -> Vec<LetterImage> {
        self.0
    }
}

/// The small chart as a picture of its own: mail programs show no SVG.
fn png(spark: &Spark) -> Option<Vec<u8>> {
    let mut map = Pixmap::new(WIDE * FINE, HIGH * FINE)?;
    map.fill(Color::WHITE);
    let drawing = Drawing::of(spark);
    fill(&mut map, drawing.band(), BAND);
    fill(&mut map, drawing.missing(), MISSING);
    fill(&mut map, drawing.shortfall(), SHORT);
    line(&mut map, Drawing::days(), GRID, 1.0, None);
    line(&mut map, drawing.expected(), EXPECTED, 1.0, StrokeDash::new(vec![3.0, 2.0], 0.0));
    line(&mut map, drawing.actual(), ACTUAL, 1.6, None);
    map.encode_png().ok()
}

/// A path of the picture under way.
#[derive(Default)]
struct Outline(PathBuilder);

impl Pen for Outline {
    fn move_to(&mut self, x: f64, y: f64) {
        self.0.move_to(dot(x), dot(y));
    }

    fn line_to(&mut self, x: f64, y: f64) {
        self.0.line_to(dot(x), dot(y));
    }

    fn close(&mut self) {
        self.0.close();
    }
}

/// A place on the picture. A letter is a few hundred dots wide.
#[expect(clippy::cast_possible_truncation, reason = "a chart is far smaller than that")]
const fn dot(place: f64) -> f32 {
    place as f32
}

fn scale() -> Transform {
    let fine = if FINE == 2 { 2.0 } else { 1.0 };
    Transform::from_scale(fine, fine)
}

fn paint([r, g, b, a]: [u8; 4]) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(r, g, b, a);
    paint
}

fn fill(map: &mut Pixmap, outline: Outline, colour: [u8; 4]) {
    // A line has nothing within, and the library complains of it.
    let holds = |path: &Path| path.bounds().width() > 0.0 && path.bounds().height() > 0.0;
    if let Some(path) = outline.0.finish().filter(holds) {
        map.fill_path(&path, &paint(colour), FillRule::Winding, scale(), None);
    }
}

fn line(map: &mut Pixmap, outline: Outline, colour: [u8; 4], width: f32, dash: Option<StrokeDash>) {
    if let Some(path) = outline.0.finish() {
        let stroke = Stroke { width, dash, line_cap: LineCap::Round, ..Stroke::default() };
        map.stroke_path(&path, &paint(colour), &stroke, scale(), None);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_picture_is_a_png_with_its_name_size_and_sentence() {
        let spark = Spark {
            from: Timestamp::UNIX_EPOCH,
            actual: vec![Some(0), Some(50), Some(40), None, None, Some(20)],
            expected: vec![0, 100, 100, 100, 90, 20],
        };
        let mut pictures = Pictures::default();

        let first = pictures.spark(&spark, "The <inverter> is off.").into_string();
        let second = pictures.spark(&spark, "Dust.").into_string();
        let drawn = pictures.finish();

        assert!(first.contains("src=\"cid:spark-1\"") && second.contains("cid:spark-2"));
        assert!(first.contains("alt=\"Last three days. The &lt;inverter&gt; is off.\""));
        assert_eq!(drawn.len(), 2);
        let map = Pixmap::decode_png(&drawn[0].bytes).unwrap();
        assert_eq!((map.width(), map.height()), (WIDE * FINE, HIGH * FINE));
        let is = |colour: [u8; 4]| {
            map.pixels().iter().any(|dot| {
                (dot.red(), dot.green(), dot.blue()) == (colour[0], colour[1], colour[2])
            })
        };
        assert!(is(ACTUAL) && is(SHORT) && is(MISSING) && is(BAND));
        assert!(drawn[0].bytes.len() < 16_000, "{}", drawn[0].bytes.len());
    }

    #[test]
    fn nothing_known_is_an_empty_picture() {
        let spark = Spark { from: Timestamp::UNIX_EPOCH, actual: vec![], expected: vec![] };
        let mut pictures = Pictures::default();

        assert!(pictures.spark(&spark, "").into_string().contains("cid:spark-1"));
    }
}
