//! An approval rule that an administrator keeps in the portal, as a form.

use crate::components::kept::LinesField;
use crate::components::notices::RefusalSlot;
use crate::components::push_messages::mode_title;
use crate::prelude::*;
use crate::query::Query;
use crate::route::{Form, Route};
use crate::scene::{FormRefusal, use_refusal};
use domain::requests::RuleText;
use domain::rollout::PushMode;

/// As a form has it, sent or about to be sent.
pub fn rule_text(fields: &Query) -> RuleText {
    let raw = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let on = |name: &str| fields.get(name) == Some("on");
    RuleText {
        name: fields.text("name"),
        apps: raw("apps"),
        names: raw("names"),
        tags: raw("tags"),
        audiences: raw("audiences"),
        kinds: fields.all("kinds[]"),
        people: raw("people"),
        approvals: raw("approvals"),
        approvers: raw("approvers"),
        own: on("own"),
        ordered: on("ordered"),
        fallback: raw("fallback"),
        fallback_after_hours: raw("fallback_after_hours"),
        same_subject: on("same_subject"),
        rsa_bits: raw("rsa_bits"),
        days: raw("days"),
        proven: on("proven"),
    }
}

/// `rule`: that is to be changed, with its version; `None` for a new one.
#[component]
pub(super) fn RuleForm(rule: Option<(RuleText, u32)>) -> impl IntoView {
    let refused: Option<FormRefusal> = use_refusal(Form::KeepRule);
    let is_new = rule.is_none();
    let open = refused.is_some() || !is_new;
    let (kept, version) = rule.unwrap_or_default();
    let title = if is_new { "Add a rule".to_owned() } else { format!("Change the rule {}", kept.name) };
    let typed = refused.map(|refusal| rule_text(&Query::from(refusal.fields)));
    let text = match typed {
        Some(typed) if !is_new => RuleText { name: kept.name, ..typed },
        Some(typed) => typed,
        None => kept,
    };
    let kinds = text.kinds.clone();
    view! {
        <details class="help card" id="change" open=open>
            <summary><h2 class="help__title">{title}</h2></summary>
            <form method="post" action=Form::KeepRule.path() class="stack help__body" autocomplete="off">
                <input type="hidden" name="version" value=version.to_string()/>
                <p class="secondary">"A change needs approval where all that the rule says is so; of a field with several lines, one is enough. A field that is empty says nothing."</p>
                <div class="field">
                    <label for="name">"Name"</label>
                    <input class="input" id="name" name="name" required maxlength="60" value=text.name readonly=!is_new aria-describedby="name-hint"/>
                    <p class="field__hint" id="name-hint">{if is_new { "It stands in requests and in their history." } else { "It stays: requests name it." }}</p>
                </div>
                <h3>"Which changes"</h3>
                <div class="make__fields">
                    <LinesField id="names" label="Names" hint="Of apps; * is any text.".to_owned() begun=text.names/>
                    <LinesField id="apps" label="Apps" hint="Object ids or client ids.".to_owned() begun=text.apps/>
                    <LinesField id="tags" label="Tags" hint="Of the app registration.".to_owned() begun=text.tags/>
                    <LinesField id="audiences" label="Audiences" hint="signInAudience, such as AzureADMultipleOrgs.".to_owned() begun=text.audiences/>
                    <LinesField id="people" label="Who asks" hint="Object ids of people.".to_owned() begun=text.people/>
                </div>
                <fieldset class="kinds">
                    <legend>"Kinds of change"</legend>
                    {PushMode::ALL.iter().map(|mode| view! {
                        <label class="checkbox">
                            <input type="checkbox" name="kinds[]" value=mode.as_str() checked=kinds.iter().any(|kind| kind == mode.as_str()) autocomplete="off"/>
                            <span>{mode_title(*mode)}</span>
                        </label>
                    }).collect_view()}
                </fieldset>
                <h3>"Whose approval"</h3>
                <div class="make__fields">
                    <LinesField id="approvers" label="Who approves" hint="admins, object ids of people, or group: and the object id of a group. Empty: admins.".to_owned() begun=text.approvers/>
                    <Number id="approvals" label="Approvals" most="10" hint="By different people. Empty: 1." value=text.approvals/>
                    <LinesField id="fallback" label="Who approves after a time" hint="As above, beside them.".to_owned() begun=text.fallback/>
                    <Number id="fallback_after_hours" label="Hours" most="720" hint="After which they are asked." value=text.fallback_after_hours/>
                </div>
                <Check name="own" words="Who asks may approve it, too" checked=text.own/>
                <Check name="ordered" words="One after the other, in the order of the lines" checked=text.ordered/>
                <h3>"When nobody has to"</h3>
                <p class="secondary">"Where all that is chosen here is so. It still waits for somebody who carries it out; what takes something away from an app is never approved so."</p>
                <Check name="same_subject" words="Each app has a certificate of the same subject already" checked=text.same_subject/>
                <Check name="proven" words="Its key was proven here in the last 30 days" checked=text.proven/>
                <div class="make__fields">
                    <Number id="rsa_bits" label="RSA bits" most="16384" hint="At least." value=text.rsa_bits/>
                    <Number id="days" label="Days of life" most="3650" hint="At most." value=text.days/>
                </div>
                <div class="actions">
                    <button type="submit" class="button button--primary" data-pending="Keeping it">{if is_new { "Add it" } else { "Keep it so" }}</button>
                    {(!is_new).then(|| view! { <a class="button" href=Route::Rules.to_string()>"Change nothing"</a> })}
                </div>
                <RefusalSlot form=Form::KeepRule/>
            </form>
        </details>
    }
}

#[component]
fn Number(
    id: &'static str,
    label: &'static str,
    most: &'static str,
    hint: &'static str,
    value: String,
) -> impl IntoView {
    let described = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>{label}" "<span class="field__optional">"optional"</span></label>
            <input class="input" id=id name=id type="number" min="1" max=most value=value autocomplete="off" aria-describedby=described.clone()/>
            <p class="field__hint" id=described>{hint}</p>
        </div>
    }
}

#[component]
fn Check(name: &'static str, words: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input type="checkbox" name=name value="on" checked=checked autocomplete="off"/>
            <span>{words}</span>
        </label>
    }
}
