//! Which of the known words was meant by one that is unknown.

/// The most bytes of a word that is compared.
const MAX_KEY: usize = 64;

/// The known word that the written one is most like, if it is like one: another case or other signs between
/// the words, a letter too many or too few, or a part of it.
pub(crate) fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters = letters(written);
    if written.len() > MAX_KEY {
        return None;
    }
    let distances = known.iter().filter_map(|known| Some((distance(&letters, known)?, *known)));
    // Of several that are as near, the first.
    distances.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

fn distance(written: &[char], known: &str) -> Option<usize> {
    let known = letters(known);
    let edits = edits(written, &known);
    let contains = |long: &[char], short: &[char]| long.windows(short.len()).any(|it| it == short);
    if edits <= written.len().min(known.len()) / 4 {
        Some(edits)
    } else if written.len() > 3 && (contains(&known, written) || contains(written, &known)) {
        // A part of a key says less than the whole with an error in it.
        Some(MAX_KEY)
    } else {
        None
    }
}

/// Without what stands between the words, and in lower case.
fn letters(key: &str) -> Vec<char> {
    key.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
}

/// How many letters have to be added, left out or replaced.
fn edits(one: &[char], two: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut next = vec![index + 1];
        for (other, before) in two.iter().zip(row.windows(2)) {
            let (Some(left), [diagonal, above]) = (next.last(), before) else { continue };
            let replaced = diagonal + usize::from(letter != other);
            next.push(replaced.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
