//! Previous, next, and where one is.

use super::icon::Icon;
use crate::data::paging::PAGE_SIZE;
use crate::glyph::Glyph;
use crate::prelude::*;

/// `26 to 50 of 61`.
pub fn range(page: u32, shown: usize, total: Option<u64>) -> String {
    let first = u64::from(page - 1) * PAGE_SIZE as u64;
    if shown == 0 {
        return "None".into();
    }
    let here = format!("{} to {}", first + 1, first + shown as u64);
    match total {
        Some(total) => format!("{here} of {total}"),
        None => here,
    }
}

/// The path of another page of the same list is `link(page)`. A list of one page has no way to others, and an empty one
/// nothing to say.
#[component]
pub fn Pager(
    page: u32,
    shown: usize,
    total: Option<u64>,
    has_next: bool,
    link: impl Fn(u32) -> String,
) -> impl IntoView {
    let step = |to: Option<u32>, glyph: Glyph, word: &'static str| {
        match to {
        Some(to) => view! { <a class="button button--small" href=link(to)><Icon glyph/><span>{word}</span></a> }.into_html(),
        None => view! { <span class="button button--small button--off" aria-disabled="true"><Icon glyph/><span>{word}</span></span> }.into_html(),
    }
    };
    if page == 1 && !has_next {
        let range = (shown > 0).then(|| range(page, shown, total));
        return range.map(|range| view! { <p class="pager"><span class="pager__range">{range}</span></p> }).into_html();
    }
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="pager__range">{range(page, shown, total)}</span>
            {step((page > 1).then(|| page - 1), Glyph::ChevronLeft, "Previous")}
            {step(has_next.then(|| page + 1), Glyph::ChevronRight, "Next")}
        </nav>
    }
    .into_html()
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_count_from_one() {
        assert_eq!(range(1, 25, Some(61)), "1 to 25 of 61");
        assert_eq!(range(3, 11, Some(61)), "51 to 61 of 61");
        assert_eq!(range(2, 25, None), "26 to 50");
        assert_eq!(range(1, 0, Some(0)), "None");
    }
}
