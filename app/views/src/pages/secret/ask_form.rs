//! Asking for the removal, where a rule wants others to agree, or the person may not change the app.

use crate::components::notices::RefusalSlot;
use crate::prelude::*;
use crate::route::Form;
use crate::scene::{use_now, use_sent};
use domain::ids::{KeyId, ObjectId};
use domain::requests::{Words, first_day};
use domain::secret_removal::RemovalRisk;

#[component]
pub fn AskForm(app: ObjectId, key: KeyId, risk: RemovalRisk) -> impl IntoView {
    let sent = |field: &str| use_sent(Form::AskForRemoval, field, |_| true).filter(|text| !text.is_empty());
    let (reason, wanted_on) = (sent("reason"), sent("wanted_on"));
    let why = if risk.needs_reason() {
        "Why does it go, and how do you know that nothing signs in with it?"
    } else {
        "Why does it go?"
    };
    view! {
        <form method="post" action=Form::AskForRemoval.path() id="ask-form">
            <input type="hidden" name="app" value=app.to_string()/>
            <input type="hidden" name="key_id" value=key.to_string()/>
            <div class="action-bar action-bar--still">
                <div class="action-bar__words">
                    <p><strong>"Ask for its removal"</strong></p>
                    <p class="secondary">"Who approves sees this page as it is then, with your words. Their approval holds for exactly this secret, and for the app as it is: where anything that it signs in with changes, it is void. Somebody whom Entra lets write carries it out."</p>
                    <label for="ask-reason">{why}</label>
                    <input class="input" id="ask-reason" name="reason" type="text" value=reason maxlength=Words::MOST.to_string() required autocomplete="off"/>
                    <label for="wanted-on">"Wanted by"<span class="secondary">" (may be empty)"</span></label>
                    <input class="input" id="wanted-on" name="wanted_on" type="date" value=wanted_on min=first_day(use_now()).to_string() autocomplete="off"/>
                    <RefusalSlot form=Form::AskForRemoval/>
                </div>
                <button type="submit" class="button button--primary" data-pending="Asking">"Ask for approval"</button>
            </div>
        </form>
    }
}
