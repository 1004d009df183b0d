pub(super) fn matches(_route: &str, _path: &str) -> bool {
    true
}
