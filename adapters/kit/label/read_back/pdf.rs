//! Draws the filled rectangles and the images of PDF pages for the scanner.
//!
//! A whole PDF renderer would take longer to build than the kit itself, and
//! bars of a label are rectangles or lie in one image: paths of other shape,
//! text and clipping are left out. Start at [`pages`].

mod image;

use hayro_syntax::Pdf;
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::Number;
use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::page::{Page as PdfPage, Resources};

use super::{Page, Trouble};
use image::Image;

/// Dots per inch of the drawing: twice the grid of a 203 dpi printer, so that
/// its narrowest bars have two dots.
const DPI: f64 = 406.0;

/// The longest side in dots; A4 has 4748.
const MOST_DOTS: f64 = 8000.0;

/// How deep forms may lie in forms.
const DEEPEST: u8 = 8;

/// All pages in grey.
pub(super) fn pages(bytes: &[u8]) -> Result<Vec<Page>, Trouble> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| format!("{error:?}"))?;
    if pdf.pages().is_empty() {
        return Err("it has no page".into());
    }
    pdf.pages().iter().map(page).collect()
}

fn page(page: &PdfPage<'_>) -> Result<Page, Trouble> {
    let scale = DPI / 72.0;
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width) * scale, f64::from(height) * scale);
    if !(1.0..=MOST_DOTS).contains(&width) || !(1.0..=MOST_DOTS).contains(&height) {
        let dots = |side| u64::try_from(whole(side)).unwrap_or(u64::MAX);
        return Err(Trouble::TooLarge(dots(width), dots(height)));
    }
    let (columns, rows) = (whole(width), whole(height));
    let to_dots = Matrix([scale, 0.0, 0.0, scale, 0.0, 0.0]);
    let state = State { matrix: Matrix(page.initial_transform(true).as_coeffs()).then(to_dots), grey: 0 };
    let mut canvas = Canvas { columns, rows, dots: vec![255; columns * rows] };
    canvas.run(page.typed_operations(), page.resources(), state, 0);
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

    /// The map back; none when it flattens the plane.
    fn inverse(self) -> Option<Self> {
        let [a, b, c, d, e, f] = self.0;
        let area = a * d - b * c;
        if !area.is_normal() {
            return None;
        }
        let [a, b, c, d] = [d / area, -b / area, -c / area, a / area];
        Some(Self([a, b, c, d, -(a * e + c * f), -(b * e + d * f)]))
    }
}

struct Canvas {
    columns: usize,
    rows: usize,
    dots: Vec<u8>,
}

impl Canvas {
    fn run(&mut self, mut operations: TypedIter<'_>, resources: &Resources<'_>, mut state: State, depth: u8) {
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
                TypedInstruction::XObject(object) => {
                    if let Some(stream) = resources.get_x_object(object.0) {
                        self.object(&stream, resources, state, depth);
                    }
                }
                _ => {}
            }
        }
    }

    /// An image, or a form with what it draws.
    fn object(&mut self, stream: &Stream<'_>, resources: &Resources<'_>, state: State, depth: u8) {
        let dict = stream.dict();
        match dict.get::<hayro_syntax::object::Name<'_>>("Subtype").as_deref() {
            Some(b"Image") => {
                if let Some(image) = Image::decode(stream, resources, state.grey) {
                    self.paint(&image, state.matrix);
                }
            }
            Some(b"Form") if depth < DEEPEST => {
                let Ok(content) = stream.decoded_data() else { return };
                let own = dict.get::<Dict<'_>>("Resources").map(Resources::new);
                let matrix = form_matrix(dict).then(state.matrix);
                let state = State { matrix, ..state };
                self.run(TypedIter::new(&content), own.as_ref().unwrap_or(resources), state, depth + 1);
            }
            _ => {}
        }
    }

    /// Paints an image into the unit square that `matrix` maps onto the page.
    fn paint(&mut self, image: &Image, matrix: Matrix) {
        let Some(inverse) = matrix.inverse() else { return };
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| matrix.apply(x, y));
        let least = |side: fn(&(f64, f64)) -> f64| corners.iter().map(side).fold(f64::MAX, f64::min);
        let most = |side: fn(&(f64, f64)) -> f64| corners.iter().map(side).fold(0.0, f64::max);
        let (left, right) = (whole(least(|at| at.0)), whole(most(|at| at.0)).min(self.columns));
        let (top, bottom) = (whole(least(|at| at.1)), whole(most(|at| at.1)).min(self.rows));
        for (y, row) in self.dots.chunks_mut(self.columns).enumerate().take(bottom).skip(top) {
            for (x, dot) in row.iter_mut().enumerate().take(right).skip(left) {
                let (u, v) = inverse.apply(real(x) + 0.5, real(y) + 0.5);
                if let Some(grey) = image.at(u, 1.0 - v) {
                    *dot = grey;
                }
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

/// The `/Matrix` of a form; it changes nothing when it has none.
fn form_matrix(dict: &Dict<'_>) -> Matrix {
    let given = dict.get::<hayro_syntax::object::Array<'_>>("Matrix");
    let numbers: Vec<f64> =
        given.iter().flat_map(|array| array.iter::<Number>()).map(|number| number.as_f64()).collect();
    <[f64; 6]>::try_from(numbers).map_or(Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]), Matrix)
}

/// The mean of colour components from 0 to 1, as a shade up to 255.
fn shade<const N: usize>(components: [Number; N]) -> u8 {
    let sum: f64 = components.iter().map(Number::as_f64).sum();
    let count = u32::try_from(N).map_or(1.0, f64::from);
    u8::try_from(whole(sum * 255.0 / count)).unwrap_or(u8::MAX)
}

/// A number of dots, far below what a float holds exactly.
fn real(dots: usize) -> f64 {
    u32::try_from(dots).map_or(0.0, f64::from)
}

/// The nearest whole number that is not negative.
#[expect(clippy::as_conversions, reason = "the only cast from float to integer; it saturates")]
fn whole(value: f64) -> usize {
    value.round() as usize
}
