//! The table as a picture: a group of bars for each step, one for each speaker, as long as it took.
use super::report::Report;
use super::speaker::Target;
use embedded_graphics::Drawable;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::{FONT_8X13, FONT_8X13_BOLD};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::primitives::{Primitive, PrimitiveStyle, Rectangle};
use embedded_graphics::text::Text;
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

const WIDTH: u32 = 900;
/// Where bars begin, and how long the longest is.
const BARS: i32 = 110;
const LONGEST: f64 = 640.0;
const LINE: i32 = 18;
const MARGIN: i32 = 16;

/// Draws a report to a PNG file.
pub(super) fn plot(report: &Report, path: &Path) -> io::Result<()> {
    let canvas = drawn(report);
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), canvas.width, canvas.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&canvas.octets)?;
    Ok(())
}

fn drawn(report: &Report) -> Canvas {
    let steps = report.medians();
    let lines: usize = steps.iter().map(|(_, medians)| medians.len() + 2).sum();
    let lines = i32::try_from(lines).unwrap_or(i32::MAX).saturating_add(2);
    let mut canvas =
        Canvas::new(WIDTH, (MARGIN * 2).saturating_add(lines.saturating_mul(LINE)).unsigned_abs());
    let (plain, bold) =
        (MonoTextStyle::new(&FONT_8X13, Rgb888::BLACK), MonoTextStyle::new(&FONT_8X13_BOLD, Rgb888::BLACK));
    let mut y = MARGIN;
    let text = |canvas: &mut Canvas, x: i32, y: i32, text: &str, style| {
        Text::new(text, Point::new(x, y + 12), style).draw(canvas).map_or_else(|never| match never {}, drop);
    };
    text(&mut canvas, MARGIN, y, "seconds from the first octet sent to the last prefix received", plain);
    y += 2 * LINE;
    for (title, medians) in steps {
        text(&mut canvas, MARGIN, y, title, bold);
        y += LINE;
        let most = medians.iter().filter_map(|median| median.seconds).fold(0.0, f64::max);
        for median in medians {
            text(&mut canvas, MARGIN, y, median.target.name(), plain);
            let length = median.seconds.map_or(0, |seconds| bar(seconds, most));
            let colour = if median.target == Target::Voicepeer { OURS } else { OTHERS };
            let bar = Rectangle::new(Point::new(BARS, y + 2), Size::new(length, 12));
            bar.into_styled(PrimitiveStyle::with_fill(colour))
                .draw(&mut canvas)
                .unwrap_or_else(|never| match never {});
            let label =
                median.seconds.map_or_else(|| "not in time".to_owned(), |seconds| format!("{seconds:.2}"));
            text(&mut canvas, BARS + 8 + i32::try_from(length).unwrap_or(0), y, &label, plain);
            y += LINE;
        }
        y += LINE;
    }
    canvas
}

const OURS: Rgb888 = Rgb888::new(0x1f, 0x77, 0xb4);
const OTHERS: Rgb888 = Rgb888::new(0x99, 0x99, 0x99);

/// How long a bar is; one that can be seen at least.
fn bar(seconds: f64, most: f64) -> u32 {
    let length = if most > 0.0 { LONGEST * seconds / most } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the longest")]
    let length = length.clamp(1.0, LONGEST).round() as u32;
    length
}

/// Pixels of three octets, row by row.
struct Canvas {
    width: u32,
    height: u32,
    octets: Vec<u8>,
}

impl Canvas {
    fn new(width: u32, height: u32) -> Self {
        Self { width, height, octets: vec![0xff; width as usize * height as usize * 3] }
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), Infallible> {
        for Pixel(at, colour) in pixels {
            let (Ok(x), Ok(y)) = (usize::try_from(at.x), usize::try_from(at.y)) else { continue };
            let at = (y * self.width as usize + x) * 3;
            let inside = x < self.width as usize;
            if let Some(pixel) =
                self.octets.get_mut(at..).and_then(|octets| octets.first_chunk_mut::<3>()).filter(|_| inside)
            {
                *pixel = [colour.r(), colour.g(), colour.b()];
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::line;
    use super::super::row::{Row, Step};
    use super::*;

    #[test]
    fn whoever_takes_twice_as_long_has_a_bar_of_twice_the_length() {
        let lines = [(Target::Voicepeer, 1.0), (Target::Bird, 2.0)];
        let lines = lines.map(|(target, seconds)| line(Row::Full, Step::Table, target, Some(seconds))).into();
        let report = Report { machine: String::new(), targets: vec![Target::Voicepeer, Target::Bird], lines };
        let canvas = drawn(&report);
        let pixels = |colour: Rgb888| {
            let colour = [colour.r(), colour.g(), colour.b()];
            canvas.octets.as_chunks::<3>().0.iter().filter(|pixel| **pixel == colour).count()
        };
        assert_eq!((pixels(OURS), pixels(OTHERS)), (320 * 12, 640 * 12));
        let file = tempfile::NamedTempFile::new().unwrap();
        plot(&report, file.path()).unwrap();
        let decoder = png::Decoder::new(io::BufReader::new(File::open(file.path()).unwrap()));
        assert_eq!(decoder.read_info().unwrap().info().size(), (canvas.width, canvas.height));
    }
}
