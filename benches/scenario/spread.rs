//! Numbers of which each was disturbed by something else.

/// The quartiles: a quarter of the numbers is below the first, half below the second, a quarter above the third.
pub(crate) fn quartiles(mut numbers: Vec<f64>) -> [f64; 3] {
    numbers.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| numbers[numbers.len() * quarter / 4])
}

pub(crate) fn median(numbers: Vec<f64>) -> f64 {
    let [_, median, _] = quartiles(numbers);
    median
}
