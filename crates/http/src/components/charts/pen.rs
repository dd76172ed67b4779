/// Draws lines through points, onto whatever it is made of.
pub(super) trait Pen: Default {
    /// Begins anew at a point.
    fn move_to(&mut self, x: f64, y: f64);
    /// Draws to a point.
    fn line_to(&mut self, x: f64, y: f64);
    /// Draws back to where it began.
    fn close(&mut self);
    /// Draws through points in order.
    fn through(&mut self, points: impl IntoIterator<Item = (f64, f64)>) {
        for (place, (x, y)) in points.into_iter().enumerate() {
            if place == 0 {
                self.move_to(x, y);
            } else {
                self.line_to(x, y);
            }
        }
    }
}
