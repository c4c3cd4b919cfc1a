//! Draws the filled rectangles of PDF pages for the scanner.
//!
//! A whole PDF renderer would take longer to build than the kit itself, and
//! bars of a vector label are rectangles: paths of other shape, text and images
//! are left out. Start at [`pages`].

use hayro_syntax::Pdf;
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::Number;
use hayro_syntax::page::Page as PdfPage;

use super::Page;

/// Dots per inch of the drawing: twice the grid of a 203 dpi printer, so that
/// its narrowest bars have two dots.
const DPI: f64 = 406.0;

/// The longest side in dots; A4 has 4748.
const MOST_DOTS: f64 = 8000.0;

/// All pages in grey.
pub(super) fn pages(bytes: &[u8]) -> Result<Vec<Page>, String> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| format!("{error:?}"))?;
    if pdf.pages().is_empty() {
        return Err("it has no page".to_owned());
    }
    pdf.pages().iter().map(page).collect()
}

fn page(page: &PdfPage<'_>) -> Result<Page, String> {
    let scale = DPI / 72.0;
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width) * scale, f64::from(height) * scale);
    if !(1.0..=MOST_DOTS).contains(&width) || !(1.0..=MOST_DOTS).contains(&height) {
        return Err(format!("{width:.0} by {height:.0} dots is no size of a label"));
    }
    let (columns, rows) = (whole(width), whole(height));
    let to_dots = Matrix([scale, 0.0, 0.0, scale, 0.0, 0.0]);
    let state = State { matrix: Matrix(page.initial_transform(true).as_coeffs()).then(to_dots), grey: 0 };
    let mut canvas = Canvas { columns, dots: vec![255; columns * rows] };
    canvas.run(page.typed_operations(), state);
    let side = |dots| u32::try_from(dots).unwrap_or(0);
    Ok(Page { width: side(columns), height: side(rows), luma: canvas.dots })
}

/// What `q` saves and `Q` restores, as far as rectangles need it.
#[derive(Clone, Copy)]
struct State {
    matrix: Matrix,
    grey: u8,
}

/// A map of the plane in the order of the operands of `cm` (ISO 32000-1, 8.3.3).
#[derive(Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// First this map, then `next`.
    fn then(self, next: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [na, nb, nc, nd, _, _] = next.0;
        let (e, f) = next.apply(e, f);
        Self([a * na + b * nc, a * nb + b * nd, c * na + d * nc, c * nb + d * nd, e, f])
    }
}

struct Canvas {
    columns: usize,
    dots: Vec<u8>,
}

impl Canvas {
    fn run(&mut self, mut operations: TypedIter<'_>, mut state: State) {
        let mut saved = Vec::new();
        let mut path = Vec::new();
        while let Some(operation) = operations.next() {
            match operation {
                TypedInstruction::SaveState(_) => saved.push(state),
                TypedInstruction::RestoreState(_) => state = saved.pop().unwrap_or(state),
                TypedInstruction::Transform(t) => {
                    let numbers = [t.0, t.1, t.2, t.3, t.4, t.5].map(|number| number.as_f64());
                    state.matrix = Matrix(numbers).then(state.matrix);
                }
                TypedInstruction::NonStrokeColorDeviceGray(grey) => state.grey = shade([grey.0]),
                TypedInstruction::NonStrokeColorDeviceRgb(rgb) => state.grey = shade([rgb.0, rgb.1, rgb.2]),
                TypedInstruction::RectPath(rect) => {
                    let [x, y, width, height] = [rect.0, rect.1, rect.2, rect.3].map(|n| n.as_f64());
                    path.push((state.matrix.apply(x, y), state.matrix.apply(x + width, y + height)));
                }
                TypedInstruction::FillPathNonZero(_)
                | TypedInstruction::FillPathNonZeroCompatibility(_)
                | TypedInstruction::FillPathEvenOdd(_) => {
                    path.drain(..).for_each(|(from, to)| self.fill(from, to, state.grey));
                }
                TypedInstruction::EndPath(_) | TypedInstruction::StrokePath(_) => path.clear(),
                _ => {}
            }
        }
    }

    /// Fills the rectangle between two corners, in dots.
    fn fill(&mut self, from: (f64, f64), to: (f64, f64), grey: u8) {
        let (left, right) = (whole(from.0.min(to.0)), whole(from.0.max(to.0)));
        let (top, bottom) = (whole(from.1.min(to.1)), whole(from.1.max(to.1)));
        let (left, right) = (left.min(self.columns), right.min(self.columns));
        for row in self.dots.chunks_mut(self.columns).take(bottom).skip(top) {
            if let Some(run) = row.get_mut(left..right) {
                run.fill(grey);
            }
        }
    }
}

/// The mean of colour components from 0 to 1, as a shade up to 255.
fn shade<const N: usize>(components: [Number; N]) -> u8 {
    let sum: f64 = components.iter().map(Number::as_f64).sum();
    let count = u32::try_from(N).map_or(1.0, f64::from);
    u8::try_from(whole(sum * 255.0 / count)).unwrap_or(u8::MAX)
}

/// The nearest whole number that is not negative.
#[expect(clippy::as_conversions, reason = "the only cast from float to integer; it saturates")]
fn whole(value: f64) -> usize {
    value.round() as usize
}
