//! With Key Vault: the key stays there and signs there, with the person's own rights.

use crate::components::icon::Icon;
use crate::components::notices::RefusalSlot;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Form;
use crate::scene::use_refusal;
use domain::ids::AppId;

/// With which key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VaultKeyChoice {
    pub vault: String,
    /// Of the certificate.
    pub name: String,
    /// Empty: the newest.
    pub version: String,
}

/// It is sent as a page's form is: the answer is a page.
#[component]
pub(super) fn ByVault(app: AppId, asked: VaultKeyChoice) -> impl IntoView {
    let refusal = use_refusal(Form::ProveWithVault);
    let before = |name: &str, asked: String| {
        refusal.as_ref().and_then(|refusal| refusal.field(name)).map_or(asked, str::to_owned)
    };
    let (vault, name, version) =
        (before("vault", asked.vault), before("name", asked.name), before("version", asked.version));
    view! {
        <p class="card__text secondary">"Key Vault signs the assertion, also with a key that cannot be exported. You need the right to use it: Key Vault Crypto User on the vault, which is a role for signing and registers nothing."</p>
        <form class="vault" method="post" action=format!("{}#outcome", Form::ProveWithVault.path()) autocomplete="off" data-plain="">
            <input type="hidden" name="app" value=app.to_string()/>
            <div class="field">
                <label for="vault-name">"Vault"</label>
                <input class="input" id="vault-name" name="vault" required spellcheck="false" placeholder="contoso-certs" value=vault/>
            </div>
            <div class="field">
                <label for="vault-certificate">"Certificate"</label>
                <input class="input" id="vault-certificate" name="name" required spellcheck="false" placeholder="payroll" value=name/>
            </div>
            <div class="field">
                <label for="vault-version">"Version"</label>
                <input class="input input--mono" id="vault-version" name="version" spellcheck="false" placeholder="The current one" value=version/>
            </div>
            <div class="actions">
                <button type="submit" class="button button--primary" data-pending="Asking"><span>"Sign there and get a token"</span><Icon glyph=Glyph::ArrowRight/></button>
            </div>
            <RefusalSlot form=Form::ProveWithVault/>
        </form>
    }
}
