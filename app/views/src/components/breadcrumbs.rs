//! Where a page is: trails for the lists, numbered steps for the way from upload to receipt.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;
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
    let listed = steps.into_iter().map(|(step, title)| {
        let link = links.iter().find(|(to, _)| *to == step && step < current).map(|(_, path)| path.clone());
        (title, step.cmp(&current), link)
    });
    view! { <StepList label="Steps" steps=listed.collect()/> }
}

/// Numbered steps: each with its title, where it stands before the one that is the next, and a path.
#[component]
pub fn StepList(label: &'static str, steps: Vec<(&'static str, Ordering, Option<String>)>) -> impl IntoView {
    view! {
        <nav class="steps" aria-label=label>
            <ol>
                {steps
                    .into_iter()
                    .enumerate()
                    .map(|(at, (title, standing, link))| {
                        let class = match standing {
                            Ordering::Less => "step step--done",
                            Ordering::Equal => "step step--here",
                            Ordering::Greater => "step",
                        };
                        let done = standing == Ordering::Less;
                        let marker = if done { view! { <Icon glyph=Glyph::Check/> }.into_html() } else { (at + 1).to_string().into_html() };
                        let inner = view! { <span class="step__marker">{marker}</span><span class="step__title">{title}</span> };
                        view! {
                            <li class=class>
                                {match link {
                                    Some(path) => view! { <a href=path>{inner}</a> }.into_html(),
                                    None if standing == Ordering::Equal => view! { <span aria-current="step">{inner}</span> }.into_html(),
                                    None => view! { <span>{inner}</span> }.into_html(),
                                }}
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </nav>
    }
}
