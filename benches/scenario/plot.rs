//! Plots as SVG: lines over a logarithmic axis, labelled where they end, and paired bars.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The colours of this crate, of its peer, and of what else there is.
pub(crate) const OURS: &str = "#1261a0";
pub(crate) const THEIRS: &str = "#c8511b";
pub(crate) const THEIRS_TOO: &str = "#8a3ffc";
pub(crate) const OTHER: &str = "#5f6b76";

const INK: &str = "#1b1f24";
const FAINT: &str = "#dfe3e8";

/// The directory of the results.
pub(crate) fn results(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
    fs::create_dir_all(&directory).unwrap();
    directory.join(name)
}

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    Logarithmic,
}

/// One line of a plot.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) color: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

/// A plot of lines.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) x: (String, Scale),
    pub(crate) y: (String, Scale),
    pub(crate) lines: Vec<Line>,
}

/// One axis: from values to places on the page.
struct Axis {
    scale: Scale,
    values: (f64, f64),
    places: (f64, f64),
}

impl Axis {
    fn new(scale: Scale, values: impl Iterator<Item = f64>, places: (f64, f64)) -> Self {
        let (low, high) = values
            .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let values = match scale {
            Scale::Linear => (0.0, round_up(high)),
            Scale::Logarithmic => {
                let low = low.max(1e-9).log10().floor();
                (10f64.powf(low), 10f64.powf(high.log10().ceil().max(low + 1.0)))
            }
        };
        Self { scale, values, places }
    }

    fn place(&self, value: f64) -> f64 {
        let of = |value: f64| match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => value.max(self.values.0).log10(),
        };
        let part = (of(value) - of(self.values.0)) / (of(self.values.1) - of(self.values.0));
        self.places.0 + part * (self.places.1 - self.places.0)
    }

    fn ticks(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear => (0..=5).map(|tick| self.values.1 * f64::from(tick) / 5.0).collect(),
            Scale::Logarithmic => {
                let mut ticks = vec![self.values.0];
                while let Some(last) = ticks.last()
                    && *last < self.values.1 * 0.99
                {
                    ticks.push(last * 10.0);
                }
                ticks
            }
        }
    }
}

/// The next of 1, 2, 2.5 and 5 times a power of ten, times five ticks.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf((value / 5.0).log10().floor());
    let step = [1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|step| step * 5.0 >= value);
    step.unwrap_or(power * 10.0) * 5.0
}

impl Plot {
    /// Writes the plot as `name.svg`, and its numbers as `name.csv`.
    pub(crate) fn write(&self, name: &str) {
        fs::write(results(&format!("{name}.svg")), self.svg()).unwrap();
        fs::write(results(&format!("{name}.csv")), self.csv()).unwrap();
        println!("benches/results/{name}.svg: {}", self.title);
        for line in &self.lines {
            let points = line.points.iter();
            let points: Vec<String> =
                points.map(|(x, y)| format!("{}: {}", short(*x), short(*y))).collect();
            println!("    {}: {}", line.label, points.join(", "));
        }
    }

    fn csv(&self) -> String {
        let mut text = format!("line,{},{}\n", quoted(&self.x.0), quoted(&self.y.0));
        for line in &self.lines {
            for (x, y) in &line.points {
                writeln!(text, "{},{x},{y}", quoted(&line.label)).unwrap();
            }
        }
        text
    }

    fn svg(&self) -> String {
        let (width, height) = (860.0, 440.0);
        let all = || self.lines.iter().flat_map(|line| line.points.iter());
        let x = Axis::new(self.x.1, all().map(|point| point.0), (86.0, width - 210.0));
        let y = Axis::new(self.y.1, all().map(|point| point.1), (height - 62.0, 88.0));
        let mut svg = Svg::new(width, height, &self.title, &self.subtitle);
        for tick in y.ticks() {
            let place = y.place(tick);
            svg.line((x.places.0, place), (x.places.1, place), FAINT);
            svg.text((x.places.0 - 8.0, place + 4.0), "end", INK, &short(tick));
        }
        for tick in x.ticks() {
            let place = x.place(tick);
            svg.line((place, y.places.0), (place, y.places.0 + 5.0), INK);
            svg.text((place, y.places.0 + 20.0), "middle", INK, &short(tick));
        }
        svg.line((x.places.0, y.places.0), (x.places.1, y.places.0), INK);
        let middle = f64::midpoint(x.places.0, x.places.1);
        svg.text((middle, height - 20.0), "middle", INK, &self.x.0);
        svg.text((14.0, 74.0), "start", INK, &self.y.0);
        let ends =
            self.lines.iter().map(|line| line.points.last().map_or(0.0, |end| y.place(end.1)));
        let labels = apart(ends.collect(), 17.0);
        for (line, label) in self.lines.iter().zip(labels) {
            let places: Vec<(f64, f64)> =
                line.points.iter().map(|point| (x.place(point.0), y.place(point.1))).collect();
            svg.polyline(&places, line.color);
            let end = places.last().copied().unwrap_or_default();
            svg.line((end.0 + 5.0, end.1), (x.places.1 + 10.0, label), line.color);
            svg.text((x.places.1 + 14.0, label + 4.0), "start", line.color, &line.label);
        }
        svg.close()
    }
}

/// The same places, moved as little as keeps them apart by so much.
fn apart(places: Vec<f64>, least: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&one, &other| places[one].total_cmp(&places[other]));
    let mut moved = places;
    for _ in 0..50 {
        for pair in order.windows(2) {
            let overlap = least - (moved[pair[1]] - moved[pair[0]]);
            if overlap > 0.0 {
                moved[pair[0]] -= overlap / 2.0;
                moved[pair[1]] += overlap / 2.0;
            }
        }
    }
    moved
}

/// A row of paired bars.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) ours: f64,
    pub(crate) theirs: f64,
}

/// Writes paired bars over a logarithmic axis as `name.svg`.
pub(crate) fn write_pairs(name: &str, title: &str, subtitle: &str, pairs: &[Pair]) {
    const ROW: f64 = 30.0;
    let width = 860.0;
    let top = 96.0;
    let bottom = pairs.iter().fold(top, |bottom, _| bottom + ROW);
    let values = pairs.iter().flat_map(|pair| [pair.ours, pair.theirs]);
    let x = Axis::new(Scale::Logarithmic, values, (240.0, width - 110.0));
    let mut svg = Svg::new(width, bottom + 40.0, title, subtitle);
    svg.text((x.places.0, 78.0), "start", OURS, "■ tower-cors");
    svg.text((x.places.0 + 110.0, 78.0), "start", THEIRS, "■ tower-http");
    for tick in x.ticks() {
        svg.line((x.place(tick), top - 6.0), (x.place(tick), bottom), FAINT);
        svg.text((x.place(tick), bottom + 18.0), "middle", INK, &short(tick));
    }
    let mut row = top;
    for pair in pairs {
        svg.text((x.places.0 - 10.0, row + 15.0), "end", INK, &pair.name);
        for (offset, value, color) in [(0.0, pair.ours, OURS), (11.0, pair.theirs, THEIRS)] {
            let end = x.place(value);
            svg.bar((x.places.0, row + offset), (end - x.places.0, 10.0), color);
            svg.text((end + 5.0, row + offset + 9.0), "start", color, &short(value));
        }
        row += ROW;
    }
    fs::write(results(&format!("{name}.svg")), svg.close()).unwrap();
}

/// A number as a person writes it: `1,000`, `2.5`, `0.004`.
pub(crate) fn short(number: f64) -> String {
    let digits = if number == 0.0 || number.abs() >= 100.0 {
        0
    } else if number.abs() >= 1.0 {
        1
    } else {
        3
    };
    let sign = if number < 0.0 { "-" } else { "" };
    let text = format!("{:.digits$}", number.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let mut grouped = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if part.is_empty() { grouped } else { format!("{grouped}.{part}") }
}

fn quoted(text: &str) -> String {
    if text.contains(',') { format!("\"{text}\"") } else { text.to_owned() }
}

/// A picture that is being drawn.
struct Svg(String);

impl Svg {
    fn new(width: f64, height: f64, title: &str, subtitle: &str) -> Self {
        let mut svg = Self(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"system-ui, 'DejaVu Sans', \
             sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        ));
        let title = escaped(title);
        let heading = "font-size=\"17\" font-weight=\"600\"";
        svg.push(&format!("<text x=\"14\" y=\"28\" fill=\"{INK}\" {heading}>{title}</text>"));
        svg.text((14.0, 48.0), "start", OTHER, subtitle);
        svg
    }

    fn push(&mut self, element: &str) {
        self.0.push_str(element);
        self.0.push('\n');
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), color: &str) {
        self.push(&format!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{color}\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    fn bar(&mut self, at: (f64, f64), size: (f64, f64), color: &str) {
        self.push(&format!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{color}\"/>",
            at.0, at.1, size.0, size.1
        ));
    }

    fn polyline(&mut self, points: &[(f64, f64)], color: &str) {
        let list: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let list = list.join(" ");
        self.push(&format!(
            "<polyline points=\"{list}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>"
        ));
        for (x, y) in points {
            self.push(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{color}\"/>"));
        }
    }

    fn text(&mut self, at: (f64, f64), anchor: &str, color: &str, text: &str) {
        self.push(&format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"{color}\">{}</text>",
            at.0,
            at.1,
            escaped(text)
        ));
    }

    fn close(mut self) -> String {
        self.push("</svg>");
        self.0
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
