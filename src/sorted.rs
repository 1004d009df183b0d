//! Sorting, in one place: std's sort is 10 kB of machine code for each type that it sorts.

/// The texts, sorted, and each once.
pub(crate) fn sorted(mut texts: Vec<&str>) -> Vec<&str> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// The texts, each in memory of its own.
pub(crate) fn boxed(texts: Vec<&str>) -> Vec<Box<str>> {
    texts.into_iter().map(Box::from).collect()
}

/// The numbers, sorted, and each once. It is for numbers of which few differ.
pub(crate) fn distinct(numbers: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut distinct = Vec::new();
    for number in numbers {
        if let Err(place) = distinct.binary_search(&number) {
            distinct.insert(place, number);
        }
    }
    distinct
}
