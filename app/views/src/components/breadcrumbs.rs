//! Where a page is: trails for the lists, numbered steps for the way from upload to receipt.

use super::icon::Icon;
use crate::glyph::Glyph;
use leptos::prelude::*;
use std::cmp::Ordering;

/// `trail`: (title, path) of each page above this one; `here`: this page.
#[component]
pub fn Breadcrumbs<T>(trail: Vec<(T, String)>, #[prop(into)] here: String) -> impl IntoView
where
    T: Into<String> + 'static,
{
    view! {
        <nav class="breadcrumbs" aria-label="Breadcrumb">
            <ol>
                {trail
                    .into_iter()
                    .map(|(title, path)| view! { <li><a href=path>{title.into()}</a><Icon glyph=Glyph::ChevronRight/></li> })
                    .collect_view()}
                <li><span aria-current="page">{here}</span></li>
            </ol>
        </nav>
    }
}

/// The steps of the main job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Uploaded or made, and looked at.
    Certificate,
    Apps,
    Preview,
    Receipt,
}

/// `links`: paths of earlier steps that one can go back to.
#[component]
pub fn Steps(current: Step, #[prop(optional)] links: Vec<(Step, String)>) -> impl IntoView {
    let steps = [
        (Step::Certificate, "Certificate"),
        (Step::Apps, "Choose apps"),
        (Step::Preview, "Preview"),
        (Step::Receipt, "Receipt"),
    ];
    view! {
        <nav class="steps" aria-label="Steps">
            <ol>
                {steps
                    .into_iter()
                    .enumerate()
                    .map(|(at, (step, title))| {
                        let class = match step.cmp(&current) {
                            Ordering::Less => "step step--done",
                            Ordering::Equal => "step step--here",
                            Ordering::Greater => "step",
                        };
                        let marker = if step < current { view! { <Icon glyph=Glyph::Check/> }.into_any() } else { (at + 1).to_string().into_any() };
                        let inner = view! { <span class="step__marker">{marker}</span><span class="step__title">{title}</span> };
                        let link = links.iter().find(|(to, _)| *to == step && step < current).map(|(_, path)| path.clone());
                        view! {
                            <li class=class>
                                {match link {
                                    Some(path) => view! { <a href=path>{inner}</a> }.into_any(),
                                    None if step == current => view! { <span aria-current="step">{inner}</span> }.into_any(),
                                    None => view! { <span>{inner}</span> }.into_any(),
                                }}
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </nav>
    }
}
