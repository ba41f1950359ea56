//! In place of the push, or beside it: asking for approval; and, for administrators, the way past the rules.

use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::data::plans::PlanSum;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::{use_now, use_refusal, use_sent, use_typed};
use crate::viewer::{PortalRole, Viewer};
use domain::requests::first_day;
use uuid::Uuid;

#[component]
pub fn AskForm(
    viewer: Viewer,
    plan: Uuid,
    sum: PlanSum,
    /// That ask for approval.
    rules: Vec<String>,
    /// What has to be typed before entries go.
    confirm: Option<String>,
    /// The button that pushes stays in view instead.
    still: bool,
) -> impl IntoView {
    if !viewer.may_push() || sum.writes == 0 {
        return ().into_html();
    }
    let admin = viewer.roles.contains(&PortalRole::Admin) && !rules.is_empty();
    let named = rules.iter().map(|rule| format!("“{rule}”")).collect::<Vec<_>>().join(", ");
    let sent = |field: &str| use_sent(Form::AskForApproval, field, |_| true).filter(|text| !text.is_empty());
    let (reason, wanted_on, instead) = (sent("reason"), sent("wanted_on"), sent("instead"));
    let in_place = instead.is_some();
    let first = first_day(use_now()).to_string();
    view! {
        {(!rules.is_empty()).then(|| view! {
            <MessageBar intent=Intent::Info title="This needs approval before it is pushed">
                <p>{format!("The rules of this portal say so: {named}.")}</p>
            </MessageBar>
        })}
        <form method="post" action=Form::AskForApproval.path()>
            <input type="hidden" name="plan" value=plan.to_string()/>
            <div class="action-bar" class:action-bar--still=still>
                <div class="action-bar__words">
                    <p><strong>"Ask somebody who may change it"</strong></p>
                    <p class="secondary">"They see exactly this, approve it, and carry it out with their own sign-in."</p>
                    <label for="ask-reason">"Why is it needed?"</label>
                    <input class="input" id="ask-reason" name="reason" type="text" value=reason maxlength="1000" required autocomplete="off"/>
                    <label for="wanted-on">"Wanted by"<span class="secondary">" (may be empty)"</span></label>
                    <input class="input" id="wanted-on" name="wanted_on" type="date" value=wanted_on min=first autocomplete="off"/>
                    <details class="help" open=in_place>
                        <summary>"Put it in the place of a request"</summary>
                        <label for="instead">"Id of your request, from its address"</label>
                        <input class="input" id="instead" name="instead" type="text" value=instead autocomplete="off" spellcheck="false"/>
                        <p class="secondary">"Its approvals are void then: they were given to something else."</p>
                    </details>
                    <RefusalSlot form=Form::AskForApproval/>
                </div>
                <button type="submit" class="button button--primary" data-pending="Asking">"Ask for approval"</button>
            </div>
        </form>
        {admin.then(|| view! { <PastRules plan confirm/> })}
    }
    .into_html()
}

#[component]
fn PastRules(plan: Uuid, confirm: Option<String>) -> impl IntoView {
    let refusal = use_refusal(Form::PushPastRules);
    let reason = refusal.as_ref().and_then(|refusal| refusal.field("reason")).map(str::to_owned);
    let typed = use_typed(Form::PushPastRules);
    view! {
        <details class="card help" open=refusal.is_some()>
            <summary>"Emergency: push past the rules"</summary>
            <form method="post" action=Form::PushPastRules.path()>
                <input type="hidden" name="plan" value=plan.to_string()/>
                <div class="action-bar action-bar--still">
                    <div class="action-bar__words">
                        <p>"It is pushed at once. Your reason is kept in the audit, and whoever could have approved this is told."</p>
                        <label for="past-reason">"Reason"</label>
                        <input class="input" id="past-reason" name="reason" type="text" value=reason maxlength="1000" required autocomplete="off"/>
                        {confirm.map(|confirm| view! {
                            <label class="confirm__label" for="past-typed">"Type "<code class="mono confirm__words">{confirm}</code>" to go on"</label>
                            <input class="input confirm__input" id="past-typed" name="typed" type="text" value=typed required autocomplete="off" autocapitalize="off" spellcheck="false"/>
                        })}
                        <RefusalSlot form=Form::PushPastRules/>
                    </div>
                    <button type="submit" class="button button--danger" data-pending="Pushing">"Push past the rules"</button>
                </div>
            </form>
        </details>
    }
}

/// It is asked for already.
#[component]
pub fn Asked(request: Uuid) -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Info title="This preview is asked for">
            <p><a href=Route::Request(request).to_string()>"Open the request"</a></p>
        </MessageBar>
    }
}
