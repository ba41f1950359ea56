//! The fourth step: exactly what would be sent, and the button that sends it.

use crate::api::{self, Push};
use crate::components::breadcrumbs::{Step, Steps};
use crate::components::command_tabs::CommandTabs;
use crate::components::diff_table::{DiffTable, counts};
use crate::components::icon::{Glyph, Icon};
use crate::components::json_view::JsonView;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, no_such_page, plural, signed_in, use_param};
use crate::components::problem_view::{ProblemBar, form_problem};
use crate::components::tabs::Tabs;
use crate::components::thumbprint::{Ident, ThumbprintText};
use crate::components::timestamp::{Day, Moment};
use crate::desk::{PlanView, PlannedApp, PlannedChange, Problem, PushMode, Viewer};
use crate::query::href;
use crate::route::Route;
use domain::diff::DiffKind;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use uuid::Uuid;

/// With more apps than this, only the first is unfolded.
const UNFOLDED: usize = 3;

#[component]
pub fn PlanPage() -> impl IntoView {
    let id = use_param::<Uuid>("id");
    let plan = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::plan(id.to_string()).await,
                None => Err(no_such_page()),
            }
        },
    );
    signed_in(plan, |viewer, plan| view! { <Plan viewer plan/> })
}

/// What all apps of a plan come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    writes: usize,
    noops: usize,
    refused: usize,
    added: usize,
    kept: usize,
    removed: usize,
    /// Apps that lose an entry.
    losing: usize,
}

impl Sum {
    fn of(apps: &[PlannedApp]) -> Self {
        apps.iter().fold(Self::default(), |mut sum, app| {
            match &app.change {
                Err(_) => sum.refused += 1,
                Ok(change) if change.noop => sum.noops += 1,
                Ok(change) => {
                    let removed = change.diff.count(DiffKind::Removed);
                    sum.writes += 1;
                    sum.added += change.diff.count(DiffKind::Added);
                    sum.kept += change.diff.count(DiffKind::Kept);
                    sum.removed += removed;
                    sum.losing += usize::from(removed > 0);
                }
            }
            sum
        })
    }

    /// `2 apps will be written, 1 has it already, 1 cannot be changed`.
    fn words(self) -> String {
        let mut parts = Vec::new();
        if self.writes > 0 {
            parts.push(format!("{} will be written", plural(self.writes, "app")));
        }
        if self.noops > 0 {
            parts.push(format!(
                "{} {} the certificate already",
                plural(self.noops, "app"),
                if self.noops == 1 { "has" } else { "have" }
            ));
        }
        if self.refused > 0 {
            parts.push(format!("{} cannot be changed", plural(self.refused, "app")));
        }
        parts.join(", ")
    }
}

#[component]
fn Plan(viewer: Viewer, plan: PlanView) -> impl IntoView {
    let sum = Sum::of(&plan.apps);
    let facts = plan.certificate.clone();
    let name = facts.common_name.clone().unwrap_or_else(|| facts.subject.clone());
    let ids: Vec<_> = plan.apps.iter().map(|app| app.object_id.to_string()).collect();
    let mode = if plan.mode == PushMode::Replace { "replace" } else { "" };
    let back = href(
        &Route::ChooseApps(facts.sha256).to_string(),
        ids.iter().map(|id| ("app[]", id.as_str())).chain([
            ("mode", mode),
            ("display_name", if plan.display_name == facts.subject { "" } else { plan.display_name.as_str() }),
        ]),
    );
    let change = back.clone();
    let many = plan.apps.len() > UNFOLDED;
    let stat = |class: &'static str, count: usize, word: &'static str| {
        view! { <div class=if count == 0 { "stat".to_owned() } else { format!("stat stat--{class}") }><dt>{word}</dt><dd>{count}</dd></div> }
    };
    let done = plan.receipt;
    view! {
        <Title text=format!("Preview for {name}")/>
        <Steps
            current=Step::Preview
            links=vec![(Step::Upload, Route::Upload.to_string()), (Step::Certificate, Route::Certificate(facts.sha256).to_string()), (Step::Apps, back.clone())]
        />
        <Heading title="Preview" lead=if done.is_some() { "This preview has been pushed." } else { "Nothing has been sent yet. This is what would be." }>
            {done.is_none().then(|| view! { <a class="button" href=change>"Change the choice"</a> })}
        </Heading>
        {done.map(|receipt| view! {
            <MessageBar intent=Intent::Info title="It was pushed already">
                <p>"A preview is pushed once. " <a href=Route::Receipt(receipt).to_string()>"Open the receipt"</a></p>
            </MessageBar>
        })}
        <section class="card summary" aria-label="Summary">
            <dl class="facts">
                <dt>"Certificate"</dt>
                <dd><strong>{name}</strong></dd>
                <dt>"Thumbprint"</dt>
                <dd><ThumbprintText thumbprint=facts.sha1/></dd>
                <dt>"Ends"</dt>
                <dd><Day at=facts.not_after/></dd>
                <dt>"Name of the entry"</dt>
                <dd>{plan.display_name.clone()}</dd>
                <dt>"Apps read"</dt>
                <dd><Moment at=plan.created_at/></dd>
            </dl>
            <dl class="stats">
                {stat("added", sum.added, "added")}
                {stat("kept", sum.kept, "kept")}
                {stat("removed", sum.removed, "removed")}
            </dl>
        </section>
        {plan.apps.into_iter().enumerate().map(|(at, app)| view! { <App app open=!many || at == 0/> }).collect_view()}
        {done.is_none().then(|| view! { <PushForm viewer plan=plan.id sum back/> })}
    }
}

#[component]
fn App(app: PlannedApp, open: bool) -> impl IntoView {
    let (badge, sum) = match &app.change {
        Err(problem) => (
            view! { <span class="badge badge--bad"><Icon glyph=Glyph::ErrorCircle/>"Cannot be changed"</span> }
                .into_any(),
            problem.title.clone(),
        ),
        Ok(change) if change.noop => (
            view! { <span class="badge badge--there"><Icon glyph=Glyph::Check/>"Already there"</span> }.into_any(),
            "nothing will be sent".to_owned(),
        ),
        Ok(change) if change.diff.count(DiffKind::Removed) > 0 => (
            view! { <span class="badge badge--removed"><Icon glyph=Glyph::Minus/>"Replaces"</span> }.into_any(),
            counts(&change.diff),
        ),
        Ok(change) => (
            view! { <span class="badge badge--added"><Icon glyph=Glyph::Plus/>"Adds"</span> }.into_any(),
            counts(&change.diff),
        ),
    };
    let name = app.display_name.clone();
    let body = match app.change {
        Ok(change) => view! { <Change name=name.clone() object_id=app.object_id.to_string() change/> }.into_any(),
        Err(problem) => view! { <RefusedApp problem/> }.into_any(),
    };
    view! {
        <details class="card change" open=open>
            <summary class="change__head">
                <Icon glyph=Glyph::ChevronRight/>
                <h2 class="change__name">{name}</h2>
                {badge}
                <span class="change__sum secondary">{sum}</span>
            </summary>
            <div class="change__body">
                <p class="change__ids secondary">
                    <span>"Client id " <Ident value=app.app_id.to_string() what="the client id"/></span>
                    <a href=Route::App(app.object_id).to_string()>"Look at the app"</a>
                </p>
                {body}
            </div>
        </details>
    }
}

#[component]
fn RefusedApp(problem: Problem) -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Error title=problem.title>
            <p>{problem.detail}</p>
            {problem.advice.map(|advice| view! { <p>{advice}</p> })}
            {problem.request_id.map(|id| view! { <p class="message-bar__support">"Request-id " <Ident value=id what="the request-id"/></p> })}
        </MessageBar>
    }
}

#[component]
fn Change(name: String, object_id: String, change: PlannedChange) -> impl IntoView {
    let PlannedChange { key_id, diff, body, manifest, commands, noop, cautions, .. } = change;
    let key_id = key_id.to_string();
    let request = if noop {
        view! { <p class="card__text secondary">"Nothing will be sent: the certificate is registered already."</p> }
            .into_any()
    } else {
        view! {
            <p class="card__text secondary"><code class="mono">{format!("PATCH /applications/{object_id}")}</code>" with exactly this body. The whole collection is sent, because Graph replaces it as a whole."</p>
            <JsonView json=body label=format!("the request for {name}") file_name=format!("keyCredentials-{object_id}.json") mark=key_id.clone()/>
        }
        .into_any()
    };
    let tabs = vec![
        ("Exact request", request),
        (
            "App manifest",
            view! {
                <p class="card__text secondary">"The new entry as the manifest editor of the Entra admin center takes it, to add by hand to keyCredentials."</p>
                <JsonView json=manifest label=format!("the manifest entry for {name}") file_name=format!("manifest-{object_id}.json")/>
            }
            .into_any(),
        ),
        (
            "Commands",
            view! {
                <p class="card__text secondary">"The same change without this portal. Run it soon: it sends the whole collection as it is now."</p>
                <CommandTabs id=format!("tool-{object_id}") commands app=name.clone()/>
            }
            .into_any(),
        ),
    ];
    view! {
        {cautions.into_iter().map(|caution| view! { <MessageBar intent=Intent::Warning title=caution/> }).collect_view()}
        <DiffTable diff caption=format!("Certificates of {name} after the push")/>
        <Tabs id=format!("form-{object_id}") label="The change as" tabs/>
    }
}

#[component]
fn PushForm(viewer: Viewer, plan: Uuid, sum: Sum, back: String) -> impl IntoView {
    let push = ServerAction::<Push>::new();
    let pending = push.pending();
    let refused = form_problem::<Push>();
    let problem = move || push.value().get().and_then(Result::err);
    let nothing = sum.writes == 0;
    if !viewer.may_push() {
        return view! { <MessageBar intent=Intent::Warning title="Your role reads only: you cannot push this"/> }
            .into_any();
    }
    if nothing {
        let title = if sum.noops > 0 && sum.refused == 0 {
            "There is nothing to push: the certificate is registered already"
        } else {
            "There is nothing that can be pushed"
        };
        return view! {
            <MessageBar intent=Intent::Info title><p><a href=back>"Choose other apps"</a></p></MessageBar>
        }
        .into_any();
    }
    let confirm = (sum.removed > 0).then(|| {
        let entries = if sum.removed == 1 { "1 entry".to_owned() } else { format!("{} entries", sum.removed) };
        view! {
            <label class="checkbox action-bar__confirm">
                <input type="checkbox" name="confirm_removal" value="on" required autocomplete="off"/>
                <span>
                    <strong>{format!("Remove {entries} from {}.", plural(sum.losing, "app"))}</strong>
                    {if sum.removed == 1 { " What signs in with it stops working at once." } else { " What signs in with them stops working at once." }}
                </span>
            </label>
        }
    });
    let class = if sum.removed > 0 { "button button--danger" } else { "button button--primary" };
    view! {
        {refused.map(|problem| view! { <ProblemBar problem/> })}
        {move || problem().map(|problem| view! { <ProblemBar problem/> })}
        <ActionForm action=push>
            <input type="hidden" name="plan" value=plan.to_string()/>
            <div class="action-bar">
                <div class="action-bar__words">
                    <p><strong>{sum.words()}</strong></p>
                    {confirm}
                    <p class="action-bar__progress" role="status">
                        {move || pending.get().then(|| view! {
                            <progress class="progress" aria-label="Pushing"></progress>
                            <span>"Reading again, writing, and reading back until it is there. Please stay on this page."</span>
                        })}
                    </p>
                </div>
                <button type="submit" class=class disabled=move || pending.get()>
                    {move || if pending.get() { "Pushing".to_owned() } else { format!("Push to {}", plural(sum.writes, "app")) }}
                </button>
            </div>
        </ActionForm>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Sum;

    #[test]
    fn the_sum_names_only_what_there_is() {
        assert_eq!(
            Sum { writes: 2, noops: 1, refused: 1, ..Sum::default() }.words(),
            "2 apps will be written, 1 app has the certificate already, 1 app cannot be changed"
        );
        assert_eq!(Sum { writes: 1, ..Sum::default() }.words(), "1 app will be written");
    }
}
