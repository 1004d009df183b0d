//! How the lists of errors are iterated over, whatever they are made of.

use std::iter::FusedIterator;
use std::{slice, vec};

/// Borrows the errors of a list, one after the other.
#[derive(Clone, Debug)]
#[must_use = "iterators do nothing unless they are consumed"]
pub struct ErrorsIter<'a, E>(slice::Iter<'a, E>);

/// Gives away the errors of a list, one after the other.
#[derive(Clone, Debug)]
#[must_use = "iterators do nothing unless they are consumed"]
pub struct ErrorsIntoIter<E>(vec::IntoIter<E>);

impl<'a, E> ErrorsIter<'a, E> {
    pub(crate) fn new(errors: &'a [E]) -> Self {
        Self(errors.iter())
    }
}

impl<E> ErrorsIntoIter<E> {
    pub(crate) fn new(errors: Vec<E>) -> Self {
        Self(errors.into_iter())
    }
}

impl<'a, E> Iterator for ErrorsIter<'a, E> {
    type Item = &'a E;

    fn next(&mut self) -> Option<&'a E> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<E> Iterator for ErrorsIntoIter<E> {
    type Item = E;

    fn next(&mut self) -> Option<E> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<E> ExactSizeIterator for ErrorsIter<'_, E> {}
impl<E> ExactSizeIterator for ErrorsIntoIter<E> {}
impl<E> FusedIterator for ErrorsIter<'_, E> {}
impl<E> FusedIterator for ErrorsIntoIter<E> {}
